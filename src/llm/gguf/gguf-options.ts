import type { JsonValue } from "../../core/base/index.ts";

/** Settings of {@link createGguf}. */
export interface GgufOptions {
  /** Path of the model's file. */
  readonly file: string;
  /**
   * The most tokens of context, for prompt and answer together. Never more than the model was made for, and less where
   * memory is short. @default 8192
   */
  readonly contextTokens?: number;
  /** The most tokens of an answer whose request does not say. @default 8192, or `contextTokens` */
  readonly maxOutputTokens?: number;
  /** Whether a GPU is used when llama.cpp finds one. @default "auto" */
  readonly gpu?: boolean | "auto";
  /** Calls at a time; each takes the memory of a context of its own. @default 1 */
  readonly concurrency?: number;
  /** More of what draws an answer, each a number: `minP`, `topK`, `topP`, `seed`, `repeatPenalty`. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** Threads on the CPU. @default llama.cpp's own choice */
  readonly threads?: number;
  /** @default 0: the same prompt gets the same answer */
  readonly temperature?: number;
}
