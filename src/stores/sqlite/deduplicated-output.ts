/** A step's output as it is kept: where it holds the item's own content word for word, that is left out. */
export interface DeduplicatedOutput {
  readonly text: string | null;
  /** Where the content stood, in characters of JavaScript; `null` when nothing was left out. */
  readonly contentAt: number | null;
}

/** A shorter content is kept in every output: finding it again would cost more than it takes. In characters. */
const LEAST_CONTENT = 256;

/** The content, when it is long enough to be left out of outputs. */
export const worthLeavingOut = (content: string | null): string | undefined =>
  content === null || content.length < LEAST_CONTENT ? undefined : content;

/**
 * Most steps pass the content on as it is, or add something to it. Kept once an item and not once a step, a session is
 * as large as what it works on, and a commit as short as what is new in it.
 */
export function leaveOut(output: string | null, content: string | undefined): DeduplicatedOutput {
  const at = output === null || content === undefined ? -1 : output.indexOf(content);
  if (output === null || content === undefined || at === -1) return { text: output, contentAt: null };
  return { text: output.slice(0, at) + output.slice(at + content.length), contentAt: at };
}

/** The output as the step put it out. */
export function putBack(text: string, { contentAt, content }: PutBackOptions): string {
  return contentAt === null ? text : text.slice(0, contentAt) + content + text.slice(contentAt);
}

interface PutBackOptions extends Pick<DeduplicatedOutput, "contentAt"> {
  /** Of the item that the output is of. */
  readonly content: string;
}
