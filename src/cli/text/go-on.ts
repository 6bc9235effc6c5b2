import type { FailureKind } from "../../core/failure/index.ts";
import type { Session } from "../../core/session/index.ts";
import { fieldOf } from "./begin-command.ts";

export interface GoOnOptions {
  /** What follows a command that looks into a workspace: ` --workspace <folder>`, or nothing for the default one. */
  readonly at: string;
}

interface RetryOfItems extends GoOnOptions {
  /** Only items that failed in this way. @default all that failed */
  readonly kind?: FailureKind;
  /** Only this item. @default all that failed */
  readonly itemId?: string;
}

/** The command line keeps where it began; a program goes on with a session itself, since it has the pipeline. */
const isOfProgram = ({ options }: Session): boolean => typeof fieldOf(options, "cwd") !== "string";

/** What goes on with a session: the command to paste, or the call for a session that a program began. */
export const resumeText = (session: Session, { at }: GoOnOptions): string =>
  isOfProgram(session) ? `resumeSession("${session.id}", pipeline)` : `holdfast resume ${session.id}${at}`;

/** What tries failed items again: the command to paste, or the call for a session that a program began. */
export function retryText(session: Session, { at, kind, itemId }: RetryOfItems): string {
  const { id } = session;
  if (!isOfProgram(session)) {
    const which = [...(kind ? ["--kind", kind] : []), ...(itemId === undefined ? [] : ["--item", itemId])];
    return `${["holdfast retry", id, ...which].join(" ")}${at}`;
  }
  const query = { ...(kind && { kinds: [kind] }), ...(itemId !== undefined && { itemIds: [itemId] }) };
  const options = Object.keys(query).length === 0 ? "" : `, { query: ${JSON.stringify(query)} }`;
  return `retryFailed("${id}", pipeline${options})`;
}
