import { TIME_FLAGS, type FailureKind } from "../../../core/failure/index.ts";
import type { Session } from "../../../core/session/index.ts";
import { fieldOf, unquote } from "./begin-command.ts";
import { itemWord } from "../escape/item-word.ts";
import type { RaisedLimits } from "./raised-limits.ts";

export interface GoOnOptions {
  /** What follows a command that looks into a workspace: ` --workspace <folder>`, or nothing for the default one. */
  readonly at: string;
}

interface RetryOfItems extends GoOnOptions {
  /** Only items that failed in this way. @default all that failed */
  readonly kind?: FailureKind;
  /** Only this item. @default all that failed */
  readonly itemId?: string;
  /** Limits of time for it. @default those of the session */
  readonly raise?: RaisedLimits;
}

/**
 * Whether a program started the session: only the command line stores its folder. A program resumes its session itself,
 * since it has the pipeline.
 */
export const isOfProgram = ({ options }: Session): boolean => typeof fieldOf(options, "cwd") !== "string";

/** How to resume a session: the command to paste, or the call for a session that a program started. */
export const resumeText = (session: Session, { at }: GoOnOptions): string =>
  isOfProgram(session) ? callText("resumeSession", session, workspaceOption(at)) : `holdfast resume ${session.id}${at}`;

/** How to retry failed items: the command to paste, or the call for a session that a program started. */
export function retryText(session: Session, { at, kind, itemId, raise = {} }: RetryOfItems): string {
  const { id } = session;
  if (!isOfProgram(session)) {
    const words = [
      ...(kind ? ["--kind", kind] : []),
      ...(itemId === undefined ? [] : ["--item", itemWord(itemId)]),
      ...LIMITS.flatMap((limit) => (raise[limit] === undefined ? [] : [TIME_FLAGS[limit], String(raise[limit])])),
    ];
    return `${["holdfast retry", id, ...words].join(" ")}${at}`;
  }
  const query = { ...(kind && { kinds: [kind] }), ...(itemId !== undefined && { itemIds: [itemId] }) };
  return callText("retryFailed", session, {
    ...workspaceOption(at),
    ...raise,
    ...(Object.keys(query).length > 0 && { query }),
  });
}

const LIMITS = ["stepTimeout", "attemptTimeout"] as const;

/** How to stop the process that runs a session, whichever it is, or to end one of its items. */
export const cancelText = ({ id }: Session, { at, itemId }: GoOnOptions & { readonly itemId?: string }): string =>
  ["holdfast cancel", id, ...(itemId === undefined ? [] : [itemWord(itemId)])].join(" ") + at;

/** The call in a program, which has the pipeline. */
function callText(
  name: "resumeSession" | "retryFailed",
  { id }: Session,
  options: Readonly<Record<string, unknown>>,
): string {
  const written = Object.entries(options).map(([option, value]) => `${option}: ${JSON.stringify(value)}`);
  return `${name}("${id}", pipeline${written.length === 0 ? "" : `, { ${written.join(", ")} }`})`;
}

/** The workspace that ` --workspace <folder>` names, as an option of a run. */
function workspaceOption(at: string): { readonly workspace?: string } {
  const word = at.replace(" --workspace ", "");
  return word === "" ? {} : { workspace: unquote(word) };
}
