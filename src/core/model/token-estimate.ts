import type { GenerateRequest, Model, TokenUsage } from "./language-model.ts";
import type { TokenEstimate } from "../lane/index.ts";

/** What an answer is thought to have before any was seen. */
const FIRST_GUESS = 500;
/** How much of each new answer goes into the guess for the next one. */
const WEIGHT = 0.2;
/** Shorter requests say little: what a server adds to each of them weighs too much. */
const LEAST_TO_LEARN_FROM = 200;
/** What an estimate is multiplied by. Few and far between, so that a run seldom changes its mind about a text. */
const FACTORS: readonly number[] = [1, 1.25, 1.5, 2, 3];
const LARGEST_FACTOR = 3;
/** A model that counts a little more than estimated is no reason to take the next factor. */
const TOLERANCE = 0.05;

/**
 * Tokens of a text, without its model's tokenizer: a quarter of its characters in Latin script, each character
 * elsewhere. Rather too many than too few.
 */
export function estimateTokens(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x24f) others += 1;
  return Math.ceil((text.length - others) / 4) + others;
}

/** Counts by a model's own tokenizer, or estimates where the model has none at hand. */
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

  estimate({ prompt, system = "", maxOutputTokens }: GenerateRequest): TokenEstimate {
    const input = this.count(prompt) + this.count(system);
    return maxOutputTokens === undefined
      ? { known: input, guessed: Math.ceil(this.#outputTokens) }
      : { known: input + maxOutputTokens, guessed: 0 };
  }

  /** Takes in what an answer said of itself and, when it is given, of the request it answered. */
  learn({ inputTokens, outputTokens }: TokenUsage, request?: GenerateRequest): void {
    if (outputTokens !== undefined) this.#outputTokens += WEIGHT * (outputTokens - this.#outputTokens);
    if (inputTokens === undefined || request === undefined) return;
    const estimated = estimateTokens(request.prompt) + estimateTokens(request.system ?? "");
    if (estimated < LEAST_TO_LEARN_FROM) return;
    this.#tokensPerEstimate += WEIGHT * (inputTokens / estimated - this.#tokensPerEstimate);
  }
}
