import { parseDuration } from "../../retry/index.ts";
import type { LimitFlags } from "./limit-flags.ts";

/** What a command has used up, before it begins another run. */
export interface UsedUp {
  readonly elapsedMs: number;
  /** @default nothing: the sessions have costs of their own */
  readonly cost?: number;
  /** @default nothing */
  readonly tokens?: number;
}

type Spent = Pick<LimitFlags, "maxTime" | "maxCost" | "maxTokens">;

/**
 * The limits of a command for its next run: what is used up is gone, however many runs the command makes. `--until` needs
 * nothing, since it is read as of the command's start; `--limit` and the limits on failures are about the items of a run.
 */
export function limitsLeft<F extends Spent>(flags: F, { elapsedMs, cost = 0, tokens = 0 }: UsedUp): F {
  const { maxTime, maxCost, maxTokens } = flags;
  // A limit that is used up ends the next run as soon as it begins.
  return {
    ...flags,
    ...(maxTime !== undefined && { maxTime: timeText(Math.max(1, parseDuration(maxTime) - elapsedMs)) }),
    ...(maxCost !== undefined && { maxCost: Math.max(Number.EPSILON, maxCost - cost) }),
    ...(maxTokens !== undefined && { maxTokens: Math.max(1, maxTokens - tokens) }),
  };
}

/** As a flag takes it, since it is printed in commands. */
const timeText = (ms: number): `${number}s` | `${number}ms` =>
  ms < 10_000 ? `${Math.ceil(ms)}ms` : `${Math.floor(ms / 1000)}s`;
