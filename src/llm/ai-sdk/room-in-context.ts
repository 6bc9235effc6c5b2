/** How Anthropic says that prompt and cap together do not fit: "exceed context limit: 190000 + 8192 > 195000". */
const SAYING = /exceed context limit: (?<input>\d+) \+ \d+ > (?<context>\d+)/i;

/** With less room than this for an answer, the prompt is what is too long. */
const LEAST_ROOM = 64;

/** How many tokens a prompt leaves free, where a refusal says so and that is fewer than were asked for. */
export function roomInContext(words: string, askedFor: number): number | undefined {
  const { input, context } = SAYING.exec(words)?.groups ?? {};
  const room = Number(context) - Number(input);
  return room >= LEAST_ROOM && room < askedFor ? room : undefined;
}
