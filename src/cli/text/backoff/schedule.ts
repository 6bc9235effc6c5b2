import { parseDuration, type WaitStrategy } from "../../../retry/index.ts";
import { retryState, seededRandom } from "../../../retry/testing/index.ts";

/** A length of time that jitter spreads out. Without jitter, the three are the same. */
export interface Spread {
  readonly minMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** One attempt of a call whose every attempt fails. */
export interface ScheduledAttempt {
  readonly attemptNumber: number;
  /** The wait just before it; 0 before the first. */
  readonly wait: Spread;
  /** The total wait before it, without the calls' own time. */
  readonly passed: Spread;
}

/**
 * Asks a strategy how it spaces the attempts of a call whose every attempt fails. The means come from sampled calls: exact
 * where a wait is linear in its draw, right to about 1 % where it builds on the wait before.
 */
export function scheduleOf(wait: WaitStrategy, maxAttempts: number): readonly ScheduledAttempt[] {
  const shortest = waitsOfCalls(wait, maxAttempts, [() => 0]);
  // A draw comes as near to 1 as it likes, so 1 gives the bound.
  const longest = waitsOfCalls(wait, maxAttempts, [() => 1]);
  const sampled = waitsOfCalls(wait, maxAttempts, evenDraws());
  const schedule: ScheduledAttempt[] = [{ attemptNumber: 1, wait: NOTHING, passed: NOTHING }];
  let passed = NOTHING;
  for (const [index, meanMs] of sampled.entries()) {
    const spread = { minMs: shortest[index] ?? 0, meanMs, maxMs: longest[index] ?? 0 };
    passed = sumOf(passed, spread);
    schedule.push({ attemptNumber: index + 2, wait: spread, passed });
  }
  return schedule;
}

/** One per call, which answers the draws of this call. */
type Draws = readonly (() => number)[];

/** The mean wait after each attempt but the last, over as many calls as there are draws. */
function waitsOfCalls(wait: WaitStrategy, maxAttempts: number, draws: Draws): readonly number[] {
  const lastMs = draws.map(() => 0);
  return Array.from({ length: maxAttempts - 1 }, (_, index) => {
    let sumMs = 0;
    for (const [call, random] of draws.entries()) {
      const state = { ...FAILED, attemptNumber: index + 1, upcomingSleepMs: lastMs[call] ?? 0, random };
      const waitMs = parseDuration(wait(state), "wait");
      lastMs[call] = waitMs;
      sumMs += waitMs;
    }
    return sumMs / draws.length;
  });
}

const FAILED = retryState();
const NOTHING: Spread = { minMs: 0, meanMs: 0, maxMs: 0 };
const SAMPLED_CALLS = 10_000;

/**
 * Draws for a mean that needs no luck (Latin hypercube sampling): at each attempt, the calls together draw every
 * ten-thousandth of [0, 1) once, in an order of their own, so the mean of a wait that is linear in its draw is exact.
 */
function evenDraws(): Draws {
  const random = seededRandom(1);
  let round: number[] = [];
  return Array.from({ length: SAMPLED_CALLS }, () => () => {
    if (round.length === 0) round = shuffled(SAMPLED_CALLS, random);
    return ((round.pop() ?? 0) + 0.5) / SAMPLED_CALLS;
  });
}

function shuffled(count: number, random: () => number): number[] {
  const row = Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [row[i], row[j]] = [row[j] ?? 0, row[i] ?? 0];
  }
  return row;
}

function sumOf(a: Spread, b: Spread): Spread {
  return { minMs: a.minMs + b.minMs, meanMs: a.meanMs + b.meanMs, maxMs: a.maxMs + b.maxMs };
}
