import { isObserved } from "./diagnostics.ts";
import type { Policy } from "./policy.ts";
import type { AnyFunction, Outcome, RetryState } from "./state.ts";
import type { CallStatistics } from "./statistics.ts";

/**
 * One call in progress: all that outlives an attempt, and all that changes. Nothing of it is in the policy. It is kept
 * small, since tens of thousands of calls may be asleep at once; the states that strategies and hooks see are made from
 * it on demand. Its fields are declared and then assigned: to define them, as a class field does, is a tenth of a call
 * that succeeds.
 */
export class Progress {
  declare readonly policy: Policy;
  declare readonly fn: AnyFunction;
  declare readonly args: readonly unknown[];
  declare readonly statistics: CallStatistics | undefined;
  /** Absent when nothing needs the time: reading a clock takes as long as all the rest of a call that succeeds. */
  declare readonly startMs: number | undefined;
  declare attemptNumber: number;
  declare idleForMs: number;
  declare upcomingSleepMs: number;
  declare errors: readonly unknown[];

  constructor(policy: Policy, fn: AnyFunction, args: readonly unknown[], statistics?: CallStatistics) {
    this.policy = policy;
    this.fn = fn;
    this.args = args;
    this.statistics = statistics;
    this.startMs = policy.isTimeless && !statistics && !isObserved() ? undefined : policy.clock.now();
    this.attemptNumber = 1;
    this.idleForMs = 0;
    this.upcomingSleepMs = 0;
    this.errors = NO_ERRORS;
    statistics?.update(this);
  }

  /** The state after an attempt, or before it while there is no outcome. */
  state<O extends Outcome | undefined>(outcome: O): RetryState & { readonly outcome: O } {
    const { policy, fn, startMs } = this;
    return {
      attemptNumber: this.attemptNumber,
      startTimeMs: startMs ?? 0,
      elapsedMs: startMs === undefined ? 0 : policy.clock.now() - startMs,
      idleForMs: this.idleForMs,
      upcomingSleepMs: this.upcomingSleepMs,
      outcome,
      nextSleepMs: undefined,
      fn,
      args: this.args,
      name: policy.name ?? (fn.name || "anonymous"),
      errors: this.errors,
      random: policy.random,
      wallNow: policy.wallNow,
    };
  }

  /** Remembers an error; only the last ones are kept. */
  remember(error: unknown): void {
    this.errors = this.errors.slice(1 - MAX_ERRORS).concat([error]);
  }

  /** Advances to the next attempt. */
  advance(): void {
    this.attemptNumber += 1;
    this.statistics?.update(this);
  }
}

const MAX_ERRORS = 10;
const NO_ERRORS: readonly unknown[] = [];
