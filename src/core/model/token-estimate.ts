import type { TokenUsage } from "../base/index.ts";
import type { GenerateRequest, Model } from "./language-model.ts";
import type { TokenEstimate } from "../lane/index.ts";

/** The expected length of an answer before any was seen. */
const FIRST_GUESS = 500;
/** How much of each new answer goes into the guess for the next one. */
const WEIGHT = 0.2;
/** Shorter requests teach little: the server's overhead on each weighs too much. */
const LEAST_TO_LEARN_FROM = 200;
/** The factors of an estimate. They are few and far apart, so that the estimate of a text seldom changes within a run. */
const FACTORS: readonly number[] = [1, 1.25, 1.5, 2, 3];
const LARGEST_FACTOR = 3;
/** The tolerance before the next factor is taken. */
const TOLERANCE = 0.05;

/**
 * Tokens of a text, without its model's tokenizer: a quarter of its characters in Latin script, each character
 * elsewhere. It errs on the high side.
 */
export function estimateTokens(text: string): number {
  const counted = new StreamedTokens();
  counted.add(text);
  return counted.tokens;
}

/** The same for a text that comes in pieces: many pieces are shorter than a token. */
export class StreamedTokens {
  #latin = 0;
  #others = 0;

  add(piece: string): void {
    let others = 0;
    for (let i = 0; i < piece.length; i += 1) if (piece.charCodeAt(i) > 0x24f) others += 1;
    this.#latin += piece.length - others;
    this.#others += others;
  }

  get tokens(): number {
    return Math.ceil(this.#latin / 4) + this.#others;
  }
}

/** Counts with a model's own tokenizer, or estimates if the model has none. */
export const tokenCounter =
  (model: Pick<Model, "countTokens">): ((text: string) => number) =>
  (text) =>
    model.countTokens?.(text) ?? estimateTokens(text);

/**
 * Estimates what requests will cost, and learns from answers how long they are and how many tokens the model sees in a
 * text. What it has learned lasts as long as the run.
 */
export class TokenEstimator {
  #outputTokens = FIRST_GUESS;
  #tokensPerEstimate = 1;

  /** Tokens of a text as the run's model is likely to count them: never fewer than `estimateTokens` says. */
  count(text: string): number {
    const factor = FACTORS.find((known) => known >= this.#tokensPerEstimate - TOLERANCE) ?? LARGEST_FACTOR;
    return Math.ceil(estimateTokens(text) * factor);
  }

  /** Tokens of a request's prompt. */
  inputTokens({ prompt, system = "" }: GenerateRequest): number {
    return this.count(prompt) + this.count(system);
  }

  /** What a request will cost; `input` are the tokens of its prompt, where they are known. */
  estimate(request: GenerateRequest, input: number = this.inputTokens(request)): TokenEstimate {
    const { maxOutputTokens } = request;
    return maxOutputTokens === undefined
      ? { known: input, guessed: Math.ceil(this.#outputTokens) }
      : { known: input + maxOutputTokens, guessed: 0 };
  }

  /** Learns from the reported usage of an answer and, when it is given, from the request. */
  learn({ inputTokens, outputTokens }: TokenUsage, request?: GenerateRequest): void {
    if (outputTokens !== undefined) this.#outputTokens += WEIGHT * (outputTokens - this.#outputTokens);
    if (inputTokens === undefined || request === undefined) return;
    const estimated = estimateTokens(request.prompt) + estimateTokens(request.system ?? "");
    if (estimated < LEAST_TO_LEARN_FROM) return;
    this.#tokensPerEstimate += WEIGHT * (inputTokens / estimated - this.#tokensPerEstimate);
  }
}
