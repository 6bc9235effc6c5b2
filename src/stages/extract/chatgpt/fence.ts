/** The text as a block of code, in a fence that is longer than any in the text. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`{3,}/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n+$/, "")}\n${fence}`;
}

/** The beginning of a long text, and a line that says how much more there was. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const left = text.length - maxCharacters;
  return `${text.slice(0, maxCharacters).toWellFormed()}\n… (${left} more characters)`;
}
