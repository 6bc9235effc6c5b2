import { isObserved } from "./diagnostics.ts";
import type { Policy } from "./options.ts";
import type { AnyFunction, Outcome, RetryState, SettledState } from "./state.ts";
import type { CallStatistics } from "./statistics.ts";

/**
 * One call in progress: all that outlives an attempt, and all that changes. Nothing of it is in the policy. It is kept
 * small, since tens of thousands of calls may be asleep at once; the states that strategies and hooks see are made from
 * it when there is somebody to see them.
 */
export class Progress {
  readonly policy: Policy;
  readonly fn: AnyFunction;
  readonly args: readonly unknown[];
  readonly statistics: CallStatistics | undefined;
  /** Absent when nobody asks for the time: reading a clock takes as long as all the rest of a call that succeeds. */
  readonly startMs: number | undefined;
  attemptNumber = 1;
  idleForMs = 0;
  upcomingSleepMs = 0;
  errors: readonly unknown[] = NO_ERRORS;

  constructor(policy: Policy, fn: AnyFunction, args: readonly unknown[], statistics?: CallStatistics) {
    this.policy = policy;
    this.fn = fn;
    this.args = args;
    this.statistics = statistics;
    if (policy.isTimeless && statistics === undefined && !isObserved()) return;
    this.startMs = policy.clock.now();
    statistics?.began(this.startMs);
  }

  /** The state before an attempt. */
  starting(): RetryState<never> {
    return this.#state(undefined);
  }

  /** The state after an attempt, whose error is remembered. */
  settled<T>(outcome: Outcome<T>): SettledState<T> {
    if (outcome.status === "raised") this.errors = this.errors.slice(1 - MAX_ERRORS).concat([outcome.error]);
    return this.#state(outcome);
  }

  /** Goes on to the next attempt. */
  advance(): void {
    this.attemptNumber += 1;
    this.statistics?.next(this);
  }

  #state<O>(outcome: O): Omit<RetryState, "outcome"> & { readonly outcome: O } {
    const { policy, fn, args, startMs, attemptNumber, idleForMs, upcomingSleepMs, errors } = this;
    const { name, random, wallNow } = policy;
    return {
      attemptNumber,
      startTimeMs: startMs ?? 0,
      elapsedMs: startMs === undefined ? 0 : policy.clock.now() - startMs,
      idleForMs,
      upcomingSleepMs,
      outcome,
      nextSleepMs: undefined,
      fn,
      args,
      name: name ?? (fn.name || "anonymous"),
      errors,
      random,
      wallNow,
    };
  }
}

/** How many of the errors of a call are remembered. */
const MAX_ERRORS = 10;
const NO_ERRORS: readonly unknown[] = [];
