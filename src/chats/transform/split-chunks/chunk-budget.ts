import { requestFor, type Asking, type Question } from "../ask/index.ts";
import type { CountTokens } from "./split-text.ts";

/** What decides how much of a conversation goes into one call. All in tokens. */
export interface ContextShares {
  /** All that the model takes in and gives out in one call. */
  readonly contextTokens: number;
  /** The prompt without any conversation in it. */
  readonly promptTokens: number;
}

/** The share of the context that is left for the answer, and its bounds. */
const ANSWER_SHARE = 0.25;
const LEAST_ANSWER = 256;
const LONGEST_ANSWER = 4_096;

/** What is held back because tokens are estimated, and servers add some of their own. */
const MARGIN = 0.1;

/** The tokens of a conversation that fit into one call; 0 or less when not even the prompt leaves room. */
export function chunkBudget({ contextTokens, promptTokens }: ContextShares): number {
  const answer = Math.min(LONGEST_ANSWER, Math.max(LEAST_ANSWER, Math.floor(contextTokens * ANSWER_SHARE)));
  return Math.floor((contextTokens - answer - promptTokens) * (1 - MARGIN));
}

/** What is known of a model for counting tokens. */
export interface Counter {
  readonly contextTokens?: number | undefined;
  readonly countTokens: CountTokens;
}

/** The tokens that are left for the material of a question; `undefined` for a model that has no limit. */
export function roomFor(empty: Question, asking: Asking, { contextTokens, countTokens }: Counter): number | undefined {
  if (contextTokens === undefined) return undefined;
  const { prompt, system = "" } = requestFor(empty, asking, undefined);
  return chunkBudget({ contextTokens, promptTokens: countTokens(prompt) + countTokens(system) });
}
