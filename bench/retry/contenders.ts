import { retry as attempt } from "@lifeomic/attempt";
import asyncRetry from "async-retry";
import { ConstantBackoff, handleAll, retry as cockatielRetry } from "cockatiel";
import { Effect, Schedule } from "effect";
import { backOff } from "exponential-backoff";
import pRetry from "p-retry";
import { retryCall, Retrying, waitFixed, waitNone } from "../../dist/retry/index.js";
import { abortableBareLoop, bareLoop, sleepingBareLoop, yieldingBareLoop } from "./bare-loop.ts";
import type { Retry, Task } from "./task.ts";

/** One library, used as its own documentation says; what it makes once, it makes once here. */
export interface Contender {
  readonly name: string;
  /** Waits as little as the library can. */
  readonly atOnce: Retry;
  /** True when even a wait of zero is a timer. */
  readonly waitsOnTimers?: true;
  /** Waits an hour; absent where it would measure the same as another row. */
  readonly asleep?: Retry;
  /** Waits an hour, or until the signal aborts; absent where a sleep cannot be aborted. */
  readonly asleepUntil?: (signal: AbortSignal) => Retry;
}

const HOUR_MS = 3_600_000;

/** The floor of every ratio. */
export const BARE_LOOP: Contender = {
  name: "bare loop",
  atOnce: bareLoop,
  asleep: sleepingBareLoop,
  asleepUntil: abortableBareLoop,
};

/** What is measured beside it: what it costs to yield, ours, then the others. */
export const CONTENDERS: readonly Contender[] = [
  { name: "bare loop that yields", atOnce: yieldingBareLoop },
  holdfast(),
  holdfastWrapped(),
  holdfastRetryCall(),
  cockatiel(),
  lifeomicAttempt(),
  asyncRetryLibrary(),
  exponentialBackoff(),
  pRetryLibrary(),
  effect(),
];

function holdfast(): Contender {
  const atOnce = new Retrying({ wait: waitNone() });
  const asleep = atOnce.copy({ wait: waitFixed("1h") });
  return {
    name: "holdfast",
    atOnce: (task) => () => atOnce.call(task),
    asleep: (task) => () => asleep.call(task),
    asleepUntil: (signal) => {
      const abortable = asleep.copy({ signal });
      return (task) => () => abortable.call(task);
    },
  };
}

/** It keeps statistics of each call. */
function holdfastWrapped(): Contender {
  const policy = new Retrying({ wait: waitNone() });
  return { name: "holdfast, wrapped function", atOnce: (task) => policy.wrap(task) };
}

/** The policy is made anew at each call. */
function holdfastRetryCall(): Contender {
  const config = { minWaitSeconds: 0, maxWaitSeconds: 0, retryExceptions: [Error] };
  return { name: "holdfast, retryCall", atOnce: (task) => () => retryCall(task, config) };
}

function cockatiel(): Contender {
  const atOnce = cockatielRetry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(0) });
  const asleep = cockatielRetry(handleAll, { maxAttempts: 2, backoff: new ConstantBackoff(HOUR_MS) });
  return {
    name: "cockatiel",
    atOnce: (task) => () => atOnce.execute(task),
    waitsOnTimers: true,
    asleep: (task) => () => asleep.execute(task),
  };
}

function lifeomicAttempt(): Contender {
  const atOnce = { maxAttempts: 3, delay: 0 };
  const asleep = { maxAttempts: 3, delay: HOUR_MS };
  return {
    name: "@lifeomic/attempt",
    atOnce: (task) => () => attempt(task, atOnce),
    asleep: (task) => () => attempt(task, asleep),
  };
}

function asyncRetryLibrary(): Contender {
  const atOnce = { retries: 2, minTimeout: 0, maxTimeout: 0 };
  const asleep = { retries: 2, minTimeout: HOUR_MS };
  return {
    name: "async-retry",
    atOnce: (task) => () => asyncRetry(task, atOnce),
    waitsOnTimers: true,
    asleep: (task) => () => asyncRetry(task, asleep),
  };
}

function exponentialBackoff(): Contender {
  const atOnce = { numOfAttempts: 3, startingDelay: 0, maxDelay: 0 };
  const asleep = { numOfAttempts: 3, startingDelay: HOUR_MS };
  return {
    name: "exponential-backoff",
    atOnce: (task) => () => backOff(task, atOnce),
    waitsOnTimers: true,
    asleep: (task) => () => backOff(task, asleep),
  };
}

function pRetryLibrary(): Contender {
  const atOnce = { retries: 2, minTimeout: 0 };
  const asleep = { retries: 2, minTimeout: HOUR_MS };
  return {
    name: "p-retry",
    atOnce: (task) => () => pRetry(task, atOnce),
    asleep: (task) => () => pRetry(task, asleep),
    asleepUntil: (signal) => (task) => () => pRetry(task, { ...asleep, signal }),
  };
}

/** The effect is a value: made once, run at each call. */
function effect(): Contender {
  const hourly = Schedule.spaced("1 hour");
  const asleep = (task: Task) => Effect.tryPromise(task).pipe(Effect.retry({ times: 2, schedule: hourly }));
  return {
    name: "effect",
    atOnce: (task) => {
      const program = Effect.tryPromise(task).pipe(Effect.retry({ times: 2 }));
      return () => Effect.runPromise(program);
    },
    asleep: (task) => () => Effect.runPromise(asleep(task)),
    asleepUntil: (signal) => (task) => () => Effect.runPromise(asleep(task), { signal }),
  };
}
