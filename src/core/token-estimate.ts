import type { GenerateRequest, TokenUsage } from "./model.ts";
import type { TokenEstimate } from "./rate-budget.ts";

/** What an answer is thought to have before any was seen. */
const FIRST_GUESS = 500;
/** How much of each new answer goes into the guess for the next one. */
const WEIGHT = 0.2;

/**
 * Tokens of a text, without its model's tokenizer: a quarter of its characters in Latin script, each character
 * elsewhere. Rather too many than too few.
 */
export function estimateTokens(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x24f) others += 1;
  return Math.ceil((text.length - others) / 4) + others;
}

/** Estimates what requests will cost, and learns from answers how long they are. */
export class TokenEstimator {
  #outputTokens = FIRST_GUESS;

  estimate({ prompt, system = "", maxOutputTokens }: GenerateRequest): TokenEstimate {
    const input = estimateTokens(prompt) + estimateTokens(system);
    return maxOutputTokens === undefined
      ? { known: input, guessed: Math.ceil(this.#outputTokens) }
      : { known: input + maxOutputTokens, guessed: 0 };
  }

  learn({ outputTokens }: TokenUsage): void {
    if (outputTokens !== undefined) this.#outputTokens += WEIGHT * (outputTokens - this.#outputTokens);
  }
}
