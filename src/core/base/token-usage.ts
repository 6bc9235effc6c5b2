/** The usage of one call of a model, as its server counted it. Absent means unknown, never 0. */
export interface TokenUsage {
  /** Tokens of the whole prompt, those that came out of the provider's cache included. */
  readonly inputTokens?: number;
  /** Those of `inputTokens` that the provider had in its cache. */
  readonly cachedInputTokens?: number;
  /** Those of `inputTokens` that the provider put into its cache, where it asks a price for that. */
  readonly cacheWriteTokens?: number;
  /** All tokens that the model wrote, its thinking included. */
  readonly outputTokens?: number;
  /** Those of `outputTokens` that it spent on thinking. */
  readonly reasoningTokens?: number;
  /** What the call has cost, where the server says it: in the currency that the server bills in. */
  readonly cost?: number;
}
