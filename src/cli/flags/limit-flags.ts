import type { Command } from "commander";
import type { RunLimits } from "../../core/runner/index.ts";
import type { LaneLimits, RateLimit } from "../../core/lane/index.ts";
import { firstAsked, type Model, type Price } from "../../core/model/index.ts";
import type { RunOptions } from "../../run/index.ts";
import type { Duration } from "../../retry/index.ts";
import { amount, countOrShare, price, seconds, wholeNumber } from "./flag-values.ts";
import { askedAt, duration, timeToCome } from "./time-values.ts";

/** The flags for pace and limits. */
export interface LimitFlags {
  readonly requestsPerSecond?: number;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** Seconds. */
  readonly maxOutage?: number;
  /** For a million input tokens, and output tokens. */
  readonly price?: readonly [input: number, output: number];
  /** By model; no flag, only a setting of the configuration file. Fields are picked because an interface is no JSON value. */
  readonly prices?: Readonly<Record<string, Pick<Price, keyof Price>>>;
  readonly failOnError?: number | `${number}%`;
  readonly maxCost?: number;
  readonly maxTokens?: number;
  readonly maxConsecutiveFailures?: number;
  readonly limit?: number;
  readonly maxTime?: Duration;
  readonly until?: string;
}

/** The flags that a session does not store: they are for one run. */
export type FlagOfOneRun = "limit" | "maxTime" | "until";

export const KEPT_LIMIT_FLAGS: readonly Exclude<keyof LimitFlags, FlagOfOneRun>[] = [
  "requestsPerSecond",
  "requestsPerMinute",
  "tokensPerMinute",
  "maxOutage",
  "price",
  "prices",
  "failOnError",
  "maxCost",
  "maxTokens",
  "maxConsecutiveFailures",
];

export function addLimitFlags(command: Command): Command {
  return command
    .option("--requests-per-second <n>", "calls to the model in any second", wholeNumber)
    .option("--requests-per-minute <n>", "calls to the model in any minute", wholeNumber)
    .option("--tokens-per-minute <n>", "tokens to and from the model in any minute", wholeNumber)
    .option(
      "--max-outage <seconds>",
      "how long the model may be unreachable before the run ends (default: 300)",
      seconds,
    )
    .option("--price <in,out>", "price of a million tokens, input and output: --price 0.15,0.6", price)
    .optionsGroup("Limits that stop a run:")
    .option("--limit <n>", "process at most this many new items in this run", wholeNumber)
    .option("--fail-on-error <n|p%>", "stop when this many items failed, or this share of at least 20", countOrShare)
    .option("--max-consecutive-failures <n>", "stop when this many items failed in a row", wholeNumber)
    .option("--max-cost <amount>", "stop when the session has cost this much; needs --price or prices", amount)
    .option("--max-tokens <n>", "stop when the session has used this many tokens", wholeNumber)
    .option("--max-time <duration>", "stop this run after so long: --max-time 8h, 90m", duration)
    .option("--until <time>", "stop this run at the next 06:00, or at 2026-12-01T06:00", timeToCome);
}

/** The lane limits of the model from the flags. */
export function toLaneLimits(flags: LimitFlags): Partial<LaneLimits> {
  const { requestsPerSecond, requestsPerMinute, tokensPerMinute, maxOutage } = flags;
  const requests: readonly RateLimit[] = [
    ...(requestsPerSecond === undefined ? [] : [{ limit: requestsPerSecond, per: "1s" } as const]),
    ...(requestsPerMinute === undefined ? [] : [{ limit: requestsPerMinute, per: "1m" } as const]),
  ];
  return {
    ...(requests.length > 0 && { requests }),
    ...(tokensPerMinute !== undefined && { tokens: [{ limit: tokensPerMinute, per: "1m" }] }),
    ...(maxOutage !== undefined && { maxOutageMs: maxOutage * 1000 }),
  };
}

/** Prices and run limits from the flags. */
export function toRunLimits(flags: LimitFlags, model: Model): Pick<RunOptions, "prices" | "limits"> {
  const {
    price: given,
    prices,
    failOnError,
    maxCost,
    maxTokens,
    maxConsecutiveFailures,
    limit,
    maxTime,
    until,
  } = flags;
  const limits: RunLimits = {
    ...(failOnError !== undefined && { failOnError }),
    ...(maxCost !== undefined && { maxCost }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(maxConsecutiveFailures !== undefined && { maxConsecutiveFailures }),
    ...(limit !== undefined && { limit }),
    ...(maxTime !== undefined && { maxTime }),
    ...(until !== undefined && { until, askedAt: askedAt() }),
  };
  if (!given) return { limits, ...(prices && { prices }) };
  const [inputPerMillion, outputPerMillion] = given;
  // It is that of --llm's own model.
  const { id } = firstAsked(model);
  return { limits, prices: { ...prices, [id]: { inputPerMillion, outputPerMillion } } };
}
