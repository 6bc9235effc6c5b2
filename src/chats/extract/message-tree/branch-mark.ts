import type { Message } from "../../conversation.ts";
import { inOneLine } from "../../../stages/extract/input/index.ts";

const QUOTED_CHARACTERS = 60;

/** Stands above the first message of a branch, and says which message the branch goes on from. */
export function branchMark(branch: number, branches: number, fork: Message | undefined): string {
  const name = `Branch ${branch} of ${branches}`;
  if (!fork) return `**[${name}: another beginning]**`;
  const said = fork.text === "" ? fork.attachments.map((attachment) => attachment.name).join(", ") : fork.text;
  return `**[${name}: another way on after "${inOneLine(plain(said), QUOTED_CHARACTERS)}"]**`;
}

export const branchTitle = (title: string, branch: number): string => `${title} (branch ${branch})`;

/** Marks of Markdown would not be closed in a text that is cut. */
const plain = (text: string): string => text.replace(/[*_`#>[\]]+/g, " ");
