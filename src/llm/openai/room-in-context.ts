/** How servers say that prompt and cap together do not fit, with how long each is. */
const SAYINGS: readonly RegExp[] = [
  // vLLM, OpenAI: "maximum context length is 4096 tokens. However, you requested 9192 tokens (1000 in the messages, 8192 in the completion)"
  /maximum context length is (?<context>\d+) tokens[^(]*\((?<input>\d+) (?:in|of) (?:the messages|your prompt|text input)/i,
  // vLLM: "maximum context length is 4096 tokens and your request has 1000 input tokens (8192 > 4096 - 1000)"
  /maximum context length is (?<context>\d+) tokens and your request has (?<input>\d+) input tokens/i,
  // Text Generation Inference, Together: "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 500 `inputs` tokens and ..."
  /must be <= (?<context>\d+)\. Given: (?<input>\d+) `inputs` tokens/i,
  // Anthropic: "input length and `max_tokens` exceed context limit: 190000 + 8192 > 200000"
  /exceed context limit: (?<input>\d+) \+ \d+ > (?<context>\d+)/i,
];

/** With less room than this for an answer, the prompt is what is too long. */
const LEAST_ROOM = 64;

/** The tokens that a refused prompt leaves free for its answer, where the server says that only both together are too much. */
export function roomInContext(text: string, askedFor: number): number | undefined {
  for (const saying of SAYINGS) {
    const { context, input } = saying.exec(text)?.groups ?? {};
    if (context === undefined || input === undefined) continue;
    const room = Number(context) - Number(input);
    return room >= LEAST_ROOM && room < askedFor ? room : undefined;
  }
  return undefined;
}
