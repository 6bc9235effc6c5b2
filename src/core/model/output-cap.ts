import type { GenerateRequest } from "./language-model.ts";

/**
 * The most tokens of an answer when nobody says how many: far more than what a step of a pipeline asks for, thinking
 * included, and few enough that a model that repeats itself for ever comes to an end.
 */
export const DEFAULT_MAX_OUTPUT_TOKENS = 8192;

/** An answer gets at least so much room, however long the prompt seems: the server says it better when there is none. */
const LEAST_ROOM = 256;

export interface OutputCap {
  /** Of every answer whose request names none. @default DEFAULT_MAX_OUTPUT_TOKENS */
  readonly maxOutputTokens?: number | undefined;
  /** Of prompt and answer together, where it is known. */
  readonly contextTokens?: number | undefined;
}

/** The most tokens that an answer may have: what the request allows, or else the cap, within what the prompt leaves free. */
export function outputCapOf(
  { maxOutputTokens }: Pick<GenerateRequest, "maxOutputTokens">,
  promptTokens: number,
  { maxOutputTokens: most = DEFAULT_MAX_OUTPUT_TOKENS, contextTokens = Infinity }: OutputCap = {},
): number {
  if (maxOutputTokens !== undefined) return maxOutputTokens;
  return Math.min(most, Math.max(LEAST_ROOM, contextTokens - promptTokens));
}
