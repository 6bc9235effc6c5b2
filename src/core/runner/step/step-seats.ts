import {
  Retrying,
  buildRetryOptions,
  retryAll,
  retryIfException,
  retryIfExceptionType,
  sleep,
  type Duration,
  type RetryErrorDetails,
  type RetryOptions,
} from "../../../retry/index.ts";
import { FAILURES, classifyFailure } from "../../failure/index.ts";
import type { TurnWatch } from "../../lane/index.ts";
import type { RunnableStep } from "../../pipeline/index.ts";
import type { ItemPlace } from "../../storage/index.ts";
import type { Seat } from "../in-flight.ts";
import type { RunDeps } from "../run-deps.ts";
import { WorkClock } from "../work-clock.ts";

/** The place of one item in a step: what ends its calls, and the policy that makes them. */
export interface StepSeat extends Seat {
  readonly policy: Retrying;
  /** Aborts when the run is halted or the item cancelled; attempts under a time limit have signals of their own. */
  readonly signal: AbortSignal;
  readonly turn: TurnWatch;
  /** Ends the wait for a call that is made without the policy. */
  cut: ((reason: unknown) => void) | undefined;
  /** Answers in a row that were cut off at their limit. */
  cutOffs: number;
}

/** A model that goes to its limit twice in a row does so again, and each time costs as much as an answer can. */
const MOST_CUT_OFFS = 2;

/** The limits of time of one step. */
export interface StepLimits {
  readonly timeout: Duration | undefined;
  readonly attemptTimeout: Duration | undefined;
}

/** Gives out the seats of a step. */
export interface StepSeats {
  /** `undefined` for a step without limits of time. */
  readonly limits: StepLimits | undefined;
  take(item: ItemPlace, startedAtMs: number): StepSeat;
  leave(seat: StepSeat): void;
}

/** The step's own limits, then the run's, then the pipeline's. */
function limitsOf(
  { timeout: own, attemptTimeout: ownOfAttempt, timeouts: pipelines = {} }: RunnableStep,
  { timeouts }: Pick<RunDeps, "timeouts">,
): StepLimits | undefined {
  const timeout = own ?? timeouts.stepTimeout ?? pipelines.stepTimeout;
  const attemptTimeout = ownOfAttempt ?? timeouts.attemptTimeout ?? pipelines.attemptTimeout;
  return timeout === undefined && attemptTimeout === undefined ? undefined : { timeout, attemptTimeout };
}

/**
 * The seats of a step. Without limits of time they are used again and again: a policy and a signal for each item would be
 * a tenth of the work of a step that does little. An aborted one is not used again, and neither is one with a clock.
 */
export function stepSeats(step: RunnableStep, deps: RunDeps): StepSeats {
  const limits = limitsOf(step, deps);
  const options = policyOptions(step, deps);
  const free: StepSeat[] = [];
  return {
    limits,
    take(item, startedAtMs) {
      const seat = free.pop() ?? makeSeat(step, options, { deps, limits });
      seat.item = item;
      seat.startedAtMs = startedAtMs;
      seat.attempt = 0;
      seat.waitsFor = undefined;
      seat.cut = undefined;
      seat.cutOffs = 0;
      deps.inFlight.enter(seat);
      return seat;
    },
    leave(seat) {
      deps.inFlight.leave(seat);
      if (!limits && !seat.signal.aborted) free.push(seat);
    },
  };
}

/** What a policy with limits of time throws when it gives up, to tell its reason from the errors of the step. */
export class GaveUp extends Error {
  readonly details: RetryErrorDetails;

  constructor(details: RetryErrorDetails) {
    super(details.reason);
    this.details = details;
  }
}

interface SeatOptions {
  readonly deps: RunDeps;
  readonly limits: StepLimits | undefined;
}

const NOBODY: ItemPlace = { phase: "", itemId: "" };

function makeSeat(step: RunnableStep, options: RetryOptions, { deps, limits }: SeatOptions): StepSeat {
  const controller = new AbortController();
  const { signal } = controller;
  const clock = limits ? new WorkClock(deps.clock) : undefined;
  // Keeps the one listener on the signal that all of the engine's waits share: without a wait it would be removed and
  // added again for each call.
  if (!clock) void sleep(1, signal, { startTimer: () => () => {} }).catch(() => {});
  let enough: AbortSignal | undefined;
  const seat: StepSeat = {
    slot: -1,
    item: NOBODY,
    step: step.name,
    startedAtMs: 0,
    attempt: 0,
    waitsFor: undefined,
    cut: undefined,
    cutOffs: 0,
    abort(reason) {
      controller.abort(reason);
      seat.cut?.(signal.reason);
    },
    signal,
    policy: new Retrying({
      ...options,
      retry: retryAll(
        options.retry ?? retryIfException(mayHelp),
        retryIfException(() => seat.cutOffs < MOST_CUT_OFFS),
      ),
      signal,
      ...(limits ? { ...limits, retryErrorClass: GaveUp } : { reraise: true }),
      clock: clock ?? deps.clock,
      // A drain ends waits at once; only a halt aborts the calls.
      async sleep(ms) {
        seat.waitsFor = "its next attempt";
        enough ??= AbortSignal.any([deps.control.drain, signal]);
        await sleep(ms, enough, { startTimer: deps.clock.startTimer });
        seat.waitsFor = undefined;
      },
    }),
    turn: {
      stop(lane) {
        clock?.stop();
        seat.waitsFor = `its turn in lane ${lane}`;
      },
      goOn() {
        clock?.goOn();
        seat.waitsFor = undefined;
      },
    },
  };
  return seat;
}

function policyOptions(step: RunnableStep, deps: RunDeps): RetryOptions {
  const config = { ...deps.retry, ...step.retry };
  return {
    ...buildRetryOptions(config),
    name: step.name,
    retry: config.retryExceptions
      ? retryAll(retryIfException(isTheItems), retryIfExceptionType(...config.retryExceptions))
      : retryIfException(mayHelp),
    random: deps.random,
  };
}

/** Whether the failure table says that another call may help. */
function mayHelp(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  // A rate limit comes this far only when the step has no lane that could wait it out.
  return effect === "retry" || effect === "reask" || effect === "pause";
}

/** Whether a failure is one of this item, and not one that stops the run. */
function isTheItems(error: unknown): boolean {
  const effect = FAILURES[classifyFailure(error)].does;
  return effect !== "stop" && effect !== "release";
}
