/** Answers kept between sessions. Only what a step put out is ever kept, never an error. */
export interface AnswerCache {
  /** The kept output as JSON text; `undefined` when there is none. */
  get(key: string): string | undefined;
  /** Durable before it returns. `step` is for people who inspect the cache. */
  set(key: string, step: string, output: string): void;
}
