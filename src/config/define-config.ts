import type { Duration } from "../retry/index.ts";
import type { JsonValue } from "../core/base/index.ts";
import type { Model, PriceTable } from "../core/model/index.ts";
import type { Branches } from "../chats/extract/conversation-format.ts";
import type { QualityThresholds } from "../chats/transform/check-quality/index.ts";
import type { OrganizeSettings } from "../chats/transform/classify/index.ts";
import type { AnswerForm } from "../chats/transform/prompts/index.ts";
import type { OnEdited } from "../stages/load/markdown/index.ts";
import type { Layout } from "../stages/note/index.ts";

/**
 * The settings of `holdfast.config.ts`. Every key is optional and means the same as the flag of that name; flags and
 * the environment take precedence. Relative paths start at the file's own folder. Secrets do not belong here.
 */
export interface HoldfastConfig {
  /** `extractive`, or `<provider>:<model>`. @default "extractive" */
  readonly llm?: string;
  /** Models that are asked in this order when that of `llm` cannot answer. Not with another `--llm`. @default none */
  readonly fallback?: readonly string[];
  /** A model that the file makes, in place of `llm`: `createAiSdk(anthropic("claude-sonnet-5"))` of `holdfast/llm`. */
  readonly model?: Model;
  /** The embedding model of steps that use `ctx.embed`: `ollama:<model>` or `openai:<model>`. @default none */
  readonly embed?: string;
  /** Where Ollama is. @default "http://127.0.0.1:11434" */
  readonly ollamaUrl?: string;
  /** Where an OpenAI-compatible API is. */
  readonly openaiUrl?: string;
  /** Context length to ask Ollama for, in tokens. */
  readonly numCtx?: number;
  /** Calls to the model at once. @default 2 */
  readonly concurrency?: number;
  /** Items in flight at once. @default 16 */
  readonly window?: number;
  /** Calls per step and item before it fails. @default 3 */
  readonly maxAttempts?: number;
  /** Shortest wait before a retry, in seconds. @default 2 */
  readonly minWait?: number;
  /** Longest wait before a retry, in seconds. @default 30 */
  readonly maxWait?: number;
  /** Longest time of a step for one item, retries included, for steps that have none: `"10m"`. @default no limit */
  readonly stepTimeout?: Exclude<Duration, number>;
  /** Longest time of one call of a step, which is then retried, for steps that have none: `"90s"`. @default no limit */
  readonly attemptTimeout?: Exclude<Duration, number>;
  /** How long the model may be unreachable before the run ends, in seconds. @default 300 */
  readonly maxOutage?: number;
  /** Calls to the model in any second. */
  readonly requestsPerSecond?: number;
  /** Calls to the model in any minute. */
  readonly requestsPerMinute?: number;
  /** Tokens to and from the model in any minute. */
  readonly tokensPerMinute?: number;
  /** Where the steps run: in this process, or on workers. @default "local", or "bullmq" with `redis` or `postgres` */
  readonly engine?: "bullmq" | "local";
  /** The queue's Redis, without a password: that is HOLDFAST_REDIS_PASSWORD. */
  readonly redis?: string;
  /** The queue's Postgres, without a password: that is HOLDFAST_POSTGRES_PASSWORD. */
  readonly postgres?: string;
  /** Accepts a Redis that may lose data. @default false */
  readonly allowVolatile?: boolean;
  /** How freely answers are drawn. @default the model's own, of a GGUF file 0 */
  readonly temperature?: number;
  /** Fields of the provider's own, sent with each call: `{ reasoning_effort: "low" }`. */
  readonly modelOptions?: Readonly<Record<string, JsonValue>>;
  /** Headers of each call of an OpenAI-compatible API, such as `OpenAI-Organization`; no secrets. */
  readonly modelHeaders?: Readonly<Record<string, string>>;
  /** The most tokens of an answer, thinking included, where a step names no limit. @default 8192 */
  readonly maxOutputTokens?: number;
  /** What models cost, by `<provider>:<model>`: for the report of costs, and for `maxCost`. */
  readonly prices?: PriceTable;
  /** Stops when this many items failed, or this share of them. */
  readonly failOnError?: number | `${number}%`;
  /** Stops when the session has cost this much, in the currency of `prices`. */
  readonly maxCost?: number;
  /** Stops when the session has used this many tokens. */
  readonly maxTokens?: number;
  /** Stops when this many items failed in a row. */
  readonly maxConsecutiveFailures?: number;
  /** The folder that notes go to. */
  readonly out?: string;
  /** Which branches of a chat are read. @default "current" */
  readonly branches?: Branches;
  /** Chats with fewer messages are left out; 0 keeps all. @default 3 */
  readonly minMessages?: number;
  /** The folder layout of new notes. @default "flat" */
  readonly layout?: Layout;
  /** The language that notes are written in, in English. @default that of each chat */
  readonly language?: string;
  /** A folder with prompts of your own. */
  readonly prompts?: string;
  /** The form of the model's answers. @default "markdown" */
  readonly answer?: AnswerForm;
  /** When a note goes to review. */
  readonly quality?: QualityThresholds;
  /** Rules for `holdfast organize`. */
  readonly organize?: OrganizeSettings;
  /** What happens to newer content for a note that was edited. @default "keep" */
  readonly onEdited?: OnEdited;
}

/**
 * Returns the settings unchanged, so that the compiler and your editor check them.
 *
 * @example
 * ```ts
 * import { defineConfig } from "holdfast/config";
 *
 * // In `holdfast.config.ts` this is the default export.
 * const config = defineConfig({ llm: "ollama:llama3.2", out: "notes", concurrency: 2, failOnError: "10%" });
 * console.log(config.llm);
 * // prints: ollama:llama3.2
 * ```
 */
export function defineConfig(config: HoldfastConfig): HoldfastConfig {
  return config;
}
