/** The cache of answers between sessions. It holds outputs of steps only, never errors. */
export interface AnswerCache {
  /** The cached output as JSON text; `undefined` when there is none. */
  get(key: string): string | undefined;
  /** Durable before it returns. `step` is for people who inspect the cache. */
  set(key: string, step: string, output: string): void;
}
