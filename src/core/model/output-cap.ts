import type { GenerateRequest } from "./language-model.ts";

/**
 * The most tokens of an answer when nobody says how many: far more than what a step of a pipeline asks for, thinking
 * included, and few enough that a model that repeats itself for ever comes to an end.
 */
export const DEFAULT_MAX_OUTPUT_TOKENS = 8192;

export interface OutputCap {
  /** Of every answer whose request names none. @default DEFAULT_MAX_OUTPUT_TOKENS */
  readonly maxOutputTokens?: number | undefined;
  /** Of prompt and answer together, where it is known. */
  readonly contextTokens?: number | undefined;
}

/**
 * The most tokens that an answer may have: what the request allows, or else the cap, and never more than the whole context.
 * What the prompt leaves free of it only the server knows: an estimate would cut off answers that there is room for.
 */
export const outputCapOf = (
  { maxOutputTokens }: Pick<GenerateRequest, "maxOutputTokens">,
  { maxOutputTokens: most = DEFAULT_MAX_OUTPUT_TOKENS, contextTokens = Infinity }: OutputCap = {},
): number => maxOutputTokens ?? Math.min(most, contextTokens);
