/** The cache of answers between sessions. It holds outputs of steps only, never errors. */
export interface AnswerCache {
  /** The cached output as JSON text; `undefined` when there is none. */
  get(key: string): string | undefined;
  /**
   * Resolves when an answer that was set has left the cache's hands, for others to see; `undefined` when there is nothing to
   * wait for. Absent where that is always so.
   */
  readonly stored?: ((key: string) => Promise<void> | undefined) | undefined;
  /** Durable before it returns, but for what `stored` waits for. `step` is for people who inspect the cache. */
  set(key: string, step: string, output: string): void;
}
