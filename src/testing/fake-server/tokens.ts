/** Characters that the fake counts as one token. */
const CHARS_PER_TOKEN = 4;

/** Tokens of a text as the fake counts them: a quarter of its characters, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(Array.from(text).length / CHARS_PER_TOKEN);
}

/** The first `tokens` tokens of a text. */
export function firstTokens(text: string, tokens: number): string {
  return Array.from(text)
    .slice(0, tokens * CHARS_PER_TOKEN)
    .join("");
}

/** The last `tokens` tokens of a text. */
export function lastTokens(text: string, tokens: number): string {
  return tokens <= 0
    ? ""
    : Array.from(text)
        .slice(-tokens * CHARS_PER_TOKEN)
        .join("");
}

/** Cuts a text into pieces of `tokens` tokens; joined they give the text again. */
export function splitTokens(text: string, tokens: number): readonly string[] {
  const chars = Array.from(text);
  const size = tokens * CHARS_PER_TOKEN;
  return Array.from({ length: Math.ceil(chars.length / size) }, (_, i) =>
    chars.slice(i * size, (i + 1) * size).join(""),
  );
}
