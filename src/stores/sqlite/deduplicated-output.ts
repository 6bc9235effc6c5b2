/** A step's output as it is stored: the item's own content is left out where the output contains it unchanged. */
export interface DeduplicatedOutput {
  readonly text: string | null;
  /** Where the content stood, in characters of JavaScript; `null` when nothing was left out. */
  readonly contentAt: number | null;
}

/** A shorter content stays in every output: searching it would cost more than storing it. In characters. */
const LEAST_CONTENT = 256;

/** The content, when it is long enough to be left out of outputs. */
export const worthLeavingOut = (content: string | null): string | undefined =>
  content === null || content.length < LEAST_CONTENT ? undefined : content;

/**
 * Deduplicates outputs. Most steps pass the content on or add something to it. Stored once per item and not once per
 * step, a session stays as large as its input, and a commit writes only what is new.
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
