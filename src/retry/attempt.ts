import { offAbort, onAbort } from "./abort-hub.ts";
import { TOLERANCE_MS } from "./decide.ts";
import { dispose } from "./dispose.ts";
import { TimeoutError } from "./errors/index.ts";
import { isPromiseOf, isThenable, type MaybePromise } from "./maybe-promise.ts";
import type { Progress } from "./progress.ts";
import { startTimer } from "./time/index.ts";

/** The attempt, as the function called through `run` sees it. */
export interface AttemptContext {
  /** The first attempt is 1. */
  readonly attemptNumber: number;
  /** Aborts when the caller aborts, or when this attempt or the whole call times out. Created on first use. */
  readonly signal: AbortSignal;
  /** Milliseconds left of the policy's `timeout`; Infinity without one. */
  readonly remainingMs: number;
}

/** Makes one attempt and passes it to the function. Guarded if the policy has a signal or a time limit. */
export function attemptWith<T>(progress: Progress, fn: (context: AttemptContext) => MaybePromise<T>): MaybePromise<T> {
  const attempt = new Attempt(progress);
  return progress.policy.guarded ? guard(progress, attempt, fn) : fn(attempt);
}

/** One attempt, as its function sees it. A class, because an object literal would create its getters on every attempt. */
class Attempt implements AttemptContext {
  readonly attemptNumber: number;
  readonly #progress: Progress;
  #controller: AbortController | undefined;
  /** Why the attempt was abandoned. */
  cut: { readonly reason: unknown } | undefined;

  constructor(progress: Progress) {
    this.attemptNumber = progress.attemptNumber;
    this.#progress = progress;
  }

  get remainingMs(): number {
    const { policy, startMs = 0 } = this.#progress;
    const { timeoutMs, clock } = policy;
    return timeoutMs === Infinity ? Infinity : Math.max(0, timeoutMs - (clock.now() - startMs));
  }

  get signal(): AbortSignal {
    const { signal, limited } = this.#progress.policy;
    if (signal !== undefined && !limited) return signal;
    this.#controller ??= new AbortController();
    if (this.cut) this.#controller.abort(this.cut.reason);
    return this.#controller.signal;
  }

  /** Abandons the attempt and aborts its signal. */
  abandon(reason: unknown): void {
    this.cut = { reason };
    this.#controller?.abort(reason);
  }
}

/**
 * Settles as the function does, but not past an abort or a time limit: then it rejects at once, and a late value is
 * disposed of, a late error swallowed. The function itself may keep running.
 */
async function guard<T>(
  progress: Progress,
  attempt: Attempt,
  fn: (context: AttemptContext) => MaybePromise<T>,
): Promise<T> {
  const { signal, limited, clock, unref, attemptTimeoutMs } = progress.policy;
  let abort = (): void => {};
  let cancelTimer: (() => void) | undefined;
  try {
    const value = await new Promise<T>((resolve, reject) => {
      let running: MaybePromise<T> | undefined;
      const cut = (reason: unknown): void => {
        reject(reason);
        attempt.abandon(reason);
        forgo(running);
      };
      abort = () => cut(signal?.reason);
      if (signal) onAbort(signal, abort);
      if (limited) {
        const limitMs = Math.min(attemptTimeoutMs, attempt.remainingMs);
        cancelTimer = (clock.startTimer ?? startTimer)(() => cut(overdueError(progress, attempt)), limitMs, unref);
      }
      if (attempt.cut) return;
      running = fn(attempt);
      if (attempt.cut) forgo(running);
      // The promise's own functions and no others, and one reaction only: that is what stack traces can follow.
      else if (isPromiseOf(running)) running.then(resolve, reject);
      else resolve(running);
    });
    // The abort came just after the value, and has disposed of it.
    if (attempt.cut) throw attempt.cut.reason;
    return value;
  } finally {
    if (signal) offAbort(signal, abort);
    cancelTimer?.();
  }
}

function overdueError({ policy }: Progress, { attemptNumber, remainingMs }: AttemptContext): TimeoutError {
  const isTotal = remainingMs <= TOLERANCE_MS;
  const [option, ms] = isTotal ? ["timeout", policy.timeoutMs] : ["attemptTimeout", policy.attemptTimeoutMs];
  const error = new TimeoutError(`Attempt ${attemptNumber} was cut off: \`${option}\` is ${ms} ms`);
  if (isTotal) overdue.add(error);
  return error;
}

/** True for the error of an attempt that the whole call's `timeout` ended: no predicate can ask for another. */
export function isOverdue(error: unknown): boolean {
  return overdue.has(Object(error) as object);
}

const overdue: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/** Disposes of a result that comes too late, and swallows a rejection. */
function forgo(running: unknown): void {
  if (isThenable(running)) running.then(dispose, () => {});
  else dispose(running);
}
