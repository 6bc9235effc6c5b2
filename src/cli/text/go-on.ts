import type { FailureKind } from "../../core/failure/index.ts";
import type { Session } from "../../core/session/index.ts";
import { fieldOf, unquote } from "./begin-command.ts";
import { itemWord } from "./escape/item-word.ts";

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

/**
 * Whether a program started the session: only the command line stores its folder. A program resumes its session itself,
 * since it has the pipeline.
 */
const isOfProgram = ({ options }: Session): boolean => typeof fieldOf(options, "cwd") !== "string";

/** How to resume a session: the command to paste, or the call for a session that a program started. */
export const resumeText = (session: Session, { at }: GoOnOptions): string =>
  isOfProgram(session) ? callText("resumeSession", session, workspaceOption(at)) : `holdfast resume ${session.id}${at}`;

/** How to retry failed items: the command to paste, or the call for a session that a program started. */
export function retryText(session: Session, { at, kind, itemId }: RetryOfItems): string {
  const { id } = session;
  if (!isOfProgram(session)) {
    const which = [...(kind ? ["--kind", kind] : []), ...(itemId === undefined ? [] : ["--item", itemWord(itemId)])];
    return `${["holdfast retry", id, ...which].join(" ")}${at}`;
  }
  const query = { ...(kind && { kinds: [kind] }), ...(itemId !== undefined && { itemIds: [itemId] }) };
  return callText("retryFailed", session, {
    ...workspaceOption(at),
    ...(Object.keys(query).length > 0 && { query }),
  });
}

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
