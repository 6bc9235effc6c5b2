import { type Duration, parseDuration } from "../../retry/index.ts";

/** A limit in any period of the given length. */
export interface RateLimit {
  /** Requests or tokens, a whole number of 1 or more. */
  readonly limit: number;
  /** Milliseconds, or a string such as `"1m"`. */
  readonly per: Duration;
}

/** The limits of one API, shared by every step that calls it. */
export interface LaneLimits {
  /** Calls at once. A rate-limit answer halves it for a while. @default 4 */
  readonly concurrency: number;
  /** Requests per window; several windows hold at once. @default none */
  readonly requests: readonly RateLimit[];
  /** Tokens per window, in and out together; estimated before a call and corrected after it. @default none */
  readonly tokens: readonly RateLimit[];
  /** After how many successes a halved concurrency grows by one. @default 10 */
  readonly successesToGrow: number;
  /** Connection failures in a row, from any items, after which the API counts as down. @default 5 */
  readonly outageAfter: number;
  /** How long an API may stay down before the run ends. Milliseconds. @default 300_000 */
  readonly maxOutageMs: number;
  /** How long rate limits may hold up the lane without one success before the run ends. Milliseconds. @default 900_000 */
  readonly maxPauseMs: number;
}

/** The limits of a lane that nobody set limits for. */
export const DEFAULT_LANE_LIMITS: LaneLimits = Object.freeze({
  concurrency: 4,
  requests: [],
  tokens: [],
  successesToGrow: 10,
  outageAfter: 5,
  maxOutageMs: 300_000,
  maxPauseMs: 900_000,
});

/** The limits, with defaults for what is not given. Throws a `RangeError` that names the bad value. */
export function resolveLaneLimits(given: Partial<LaneLimits> = {}): LaneLimits {
  const limits = { ...DEFAULT_LANE_LIMITS, ...given };
  for (const name of WHOLE_NUMBERS) assertWhole(name, limits[name]);
  for (const name of ["requests", "tokens"] as const) {
    for (const { limit, per } of limits[name]) {
      assertWhole(`${name} limit`, limit);
      if (parseDuration(per, `${name} per`) <= 0) {
        throw new RangeError(`Expected \`${name} per\` to be longer than 0, got ${per}`);
      }
    }
  }
  return limits;
}

const WHOLE_NUMBERS = ["concurrency", "successesToGrow", "outageAfter"] as const;

function assertWhole(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`Expected \`${name}\` to be a whole number of 1 or more, got ${value}`);
}
