/** The text as a block of code, in a fence that is longer than any in the text. */
export function fenced(text: string, language: string): string {
  // Not spread into Math.max: a call takes only so many arguments.
  const longest = text.match(/`{3,}/g)?.reduce((most, ticks) => Math.max(most, ticks.length), 2) ?? 2;
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${withoutLastNewlines(text)}\n${fence}`;
}

/** An expression for the end would look at a run of newlines within the text once for each of them. */
function withoutLastNewlines(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end -= 1;
  return text.slice(0, end);
}

/** The beginning of a long text, and a line that says how much more there was. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const left = text.length - maxCharacters;
  return `${text.slice(0, maxCharacters).toWellFormed()}\n… (${left} more characters)`;
}
