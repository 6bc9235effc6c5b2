import type { Command } from "commander";
import type { JsonValue } from "../../core/base/index.ts";
import type { Model } from "../../core/model/index.ts";
import type { RunOptions } from "../../run/index.ts";
import { addDrawingFlags, MODELS, modelOptionsOf } from "./choose-model.ts";
import { addFallbackFlag, chooseModels } from "./fallback-flag.ts";
import { addEmbedFlag, chooseEmbedding } from "./choose-embedding.ts";
import {
  FLEET_WINDOW,
  KEPT_ENGINE_FLAGS,
  addEngineFlags,
  isFleet,
  toEngine,
  type EngineFlags,
} from "./engine-flags.ts";
import type { Duration } from "../../retry/index.ts";
import { seconds, wholeNumber } from "./flag-values.ts";
import { duration } from "./time-values.ts";
import {
  KEPT_LIMIT_FLAGS,
  addLimitFlags,
  toRunLimits,
  toLaneLimits,
  type FlagOfOneRun,
  type LimitFlags,
} from "./limit-flags.ts";

/** The flags of every command that runs a session. */
export interface RunFlags extends LimitFlags, EngineFlags {
  readonly llm?: string;
  readonly fallback?: readonly string[];
  /** The model object of the configuration file; no flag. */
  readonly model?: Model;
  readonly embed?: string;
  readonly ollamaUrl?: string;
  readonly openaiUrl?: string;
  readonly numCtx?: number;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly modelOption?: Readonly<Record<string, JsonValue>>;
  /** Options and headers of the model; no flags, only settings of the configuration file. */
  readonly modelOptions?: Readonly<Record<string, JsonValue>>;
  readonly modelHeaders?: Readonly<Record<string, string>>;
  readonly concurrency?: number;
  readonly window?: number;
  readonly maxAttempts?: number;
  readonly minWait?: number;
  readonly maxWait?: number;
  readonly stepTimeout?: Duration;
  readonly attemptTimeout?: Duration;
  /** False with `--no-cache`, which a session keeps; true with `--cache`, where a session goes on. */
  readonly cache?: boolean;
  readonly workspace?: string;
  readonly debug?: boolean;
  readonly json?: boolean;
  /** The configuration file with the settings. */
  readonly configPath?: string;
}

/** The flags that a session stores, so that it is resumed with the same settings. */
export type StoredFlags = Omit<
  RunFlags,
  "model" | "workspace" | "debug" | "json" | "configPath" | "force" | FlagOfOneRun
>;

export const KEPT_FLAGS: readonly (keyof StoredFlags)[] = [
  "llm",
  "fallback",
  "embed",
  "ollamaUrl",
  "openaiUrl",
  "numCtx",
  "maxOutputTokens",
  "temperature",
  "modelOption",
  "modelOptions",
  "modelHeaders",
  "concurrency",
  "window",
  "maxAttempts",
  "minWait",
  "maxWait",
  "stepTimeout",
  "attemptTimeout",
  "cache",
  ...KEPT_LIMIT_FLAGS,
  ...KEPT_ENGINE_FLAGS,
];

/** Two concurrent calls keep a local model busy; more only wait in its queue. */
const DEFAULT_CONCURRENCY = 2;

export interface RunFlagsOptions {
  /** Whether the command goes on with a session, which has flags of its own to change. @default false */
  readonly goesOn?: boolean;
  /** Whether its steps may make vectors. @default true */
  readonly embeds?: boolean;
}

export function addRunFlags(command: Command, { goesOn = false, embeds = true }: RunFlagsOptions = {}): Command {
  const withModel = addFallbackFlag(
    command.optionsGroup("The model:").option("--llm <model>", `${MODELS} (default: extractive)`),
  )
    .option("--ollama-url <url>", "where Ollama is (default: OLLAMA_HOST, then http://127.0.0.1:11434)")
    .option(
      "--openai-url <url>",
      "an OpenAI-compatible server (default: OPENAI_BASE_URL, then https://api.openai.com/v1)",
    )
    .option("--num-ctx <tokens>", "context length to use, the same in the whole run (default: 8192)", wholeNumber)
    .option("--max-output-tokens <n>", "the most tokens of an answer, thinking included (default: 8192)", wholeNumber);
  const withSpeed = addDrawingFlags(embeds ? addEmbedFlag(withModel) : withModel)
    .option("--concurrency <n>", `calls to the model at once (default: ${DEFAULT_CONCURRENCY}, gguf: 1)`, wholeNumber)
    .optionsGroup("Pace and retries:")
    .option("--window <n>", "items in flight at once (default: 16)", wholeNumber)
    .option("--max-attempts <n>", "calls per step and item before it fails (default: 3)", wholeNumber)
    .option("--min-wait <seconds>", "shortest wait before a retry (default: 2)", seconds)
    .option("--max-wait <seconds>", "longest wait before a retry (default: 30)", seconds)
    .option("--step-timeout <duration>", "longest time of a step for one item, retries included: 10m", duration)
    .option("--attempt-timeout <duration>", "longest time of one call of a step, which is then retried: 90s", duration);
  const withLimits = addEngineFlags(addLimitFlags(withSpeed)).optionsGroup("Other options:");
  // With both flags there is no default: what the session began with holds.
  if (goesOn) withLimits.option("--cache", "use cached answers, although the session began with --no-cache");
  return withLimits
    .option("--no-cache", "ignore cached answers; new answers are still cached")
    .option("--workspace <folder>", "where sessions, cache and ledger are (default: the nearest .holdfast)")
    .option("--debug", "keep a log per stage and a dump per step in the session's folder")
    .option("--json", "one JSON document on stdout, text for people on stderr");
}

/** Converts flags to the library's options. */
export async function toRunOptions(flags: RunFlags): Promise<RunOptions> {
  const model = await chooseModels({ ...flags, ...modelOptionsOf(flags) });
  const embeddingModel = chooseEmbedding(flags);
  const fleet = isFleet(flags);
  const { cache, workspace, debug, maxOutputTokens, maxAttempts, minWait, maxWait, stepTimeout, attemptTimeout } =
    flags;
  // With workers, each worker's own --concurrency applies.
  const calls = fleet ? FLEET_WINDOW : DEFAULT_CONCURRENCY;
  const { concurrency = model.lane === "gguf" ? 1 : calls, window = fleet ? FLEET_WINDOW : undefined } = flags;
  const { maxOutageMs } = toLaneLimits(flags);
  const lanes = {
    ...(model.lane !== undefined && { [model.lane]: { concurrency, ...toLaneLimits(flags) } }),
    ...(embeddingModel && { embedding: { concurrency, ...(maxOutageMs !== undefined && { maxOutageMs }) } }),
  };
  return {
    model,
    ...(embeddingModel && { embeddingModel }),
    ...(cache !== undefined && { useCache: cache }),
    ...(workspace !== undefined && { workspace }),
    ...(debug !== undefined && { debug }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(window !== undefined && { window }),
    retry: {
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(minWait !== undefined && { minWaitSeconds: minWait }),
      ...(maxWait !== undefined && { maxWaitSeconds: maxWait }),
    },
    ...(stepTimeout !== undefined && { stepTimeout }),
    ...(attemptTimeout !== undefined && { attemptTimeout }),
    ...(Object.keys(lanes).length > 0 && { lanes }),
    ...toRunLimits(flags, model),
    ...(await toEngine(flags)),
  };
}
