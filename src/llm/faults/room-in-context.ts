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

/** What a server has said of a prompt and of its context, in tokens. */
export interface ToldContext {
  readonly context: number;
  readonly input: number;
}

/** What a refusal says where only prompt and cap together are too much: then there is room for a shorter answer. */
export function roomInContext(text: string, askedFor: number): ToldContext | undefined {
  for (const saying of SAYINGS) {
    const { context, input } = saying.exec(text)?.groups ?? {};
    if (context === undefined || input === undefined) continue;
    const told = { context: Number(context), input: Number(input) };
    const room = told.context - told.input;
    return room >= LEAST_ROOM && room < askedFor ? told : undefined;
  }
  return undefined;
}

/** A prompt of the same length may have so many more tokens. */
const MORE = 1.1;

/**
 * Learns from refusals how much room prompts leave, so that not each call has to be refused once: a context, and the tokens
 * of a character.
 */
export class LearntRoom {
  #told: (ToldContext & { readonly characters: number }) | undefined;

  learn(told: ToldContext, characters: number): void {
    this.#told = { ...told, characters };
  }

  /** The room for an answer that a prompt of so many characters leaves, as far as is known. */
  of(characters: number): number {
    if (!this.#told) return Infinity;
    const { context, input, characters: before } = this.#told;
    // The same prompt again has just been counted.
    if (characters === before) return context - input;
    return Math.max(LEAST_ROOM, Math.floor(context - (characters * input * MORE) / Math.max(1, before)));
  }
}
