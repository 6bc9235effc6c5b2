/** An open code fence: the run of marks that opened it. */
export type Fence = string;

/** The fence that is open after a line, given the one before it. */
export function fenceAfter(open: Fence | undefined, line: string): Fence | undefined {
  const marks = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
  if (marks === undefined) return open;
  const rest = line.trim().slice(marks.length);
  if (open === undefined) return marks.startsWith("`") && rest.includes("`") ? undefined : marks;
  return rest.trim() === "" && marks.startsWith(open) ? undefined : open;
}

/** The fence that is open at the end of a text. */
const openFence = (markdown: string): Fence | undefined =>
  markdown.split("\n").reduce<Fence | undefined>(fenceAfter, undefined);

/** Closes the fence that a text leaves open, so that nothing written after it becomes code. */
export function closeFence(markdown: string): string {
  const open = openFence(markdown);
  return open === undefined ? markdown : `${markdown.trimEnd()}\n${open}`;
}

/** A fenced block with marks longer than any run of them in the text. */
export function fenced(language: string, text: string): string {
  // Not spread into Math.max: a call takes only so many arguments.
  const longest = text.match(/`{3,}/g)?.reduce((most, run) => Math.max(most, run.length), 2) ?? 2;
  const marks = "`".repeat(longest + 1);
  return `${marks}${language}\n${text.trimEnd()}\n${marks}`;
}
