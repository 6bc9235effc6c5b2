/** How servers say what the most tokens of an answer are that may be asked for. */
const SAYINGS: readonly RegExp[] = [
  // OpenAI: "max_tokens is too large: 8192. This model supports at most 4096 completion tokens"
  /supports at most (\d+)/i,
  // Anthropic: "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens"
  />\s*(\d+), which is the maximum/i,
  // DeepSeek: "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"
  /range of max_tokens is \[\d+,\s*(\d+)\]/i,
  // Groq: "`max_tokens` must be less than or equal to `8192`"
  /must be (?:less than or equal to|at most|<=)\s*[`'"]?(\d+)/i,
  // xAI, Mistral, gateways: "maximum value is 4096", "exceeds the maximum of 4096"
  /maximum (?:value |allowed |number )?(?:of|is|for max_tokens is)\s*[`'"]?(\d+)/i,
];

/** Gemini names the first number that is too many: "must be in the range from 1 (inclusive) to 8193 (exclusive)". */
const TOO_MANY = /from \d+ \(inclusive\) to (\d+) \(exclusive\)/i;

/** The most tokens of an answer that a refusal says may be asked for. */
export function mostOutputTokensIn(text: string): number | undefined {
  const found = SAYINGS.map((saying) => saying.exec(text)?.[1]).find((number) => number !== undefined);
  const most = found === undefined ? Number(TOO_MANY.exec(text)?.[1]) - 1 : Number(found);
  return most >= 1 ? most : undefined;
}
