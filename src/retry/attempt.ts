import { offAbort, onAbort } from "./abort-hub.ts";
import { dispose } from "./dispose.ts";
import { TimeoutError } from "./errors.ts";
import { TOLERANCE_MS } from "./decide.ts";
import { isPromiseOf, isThenable, type MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./policy.ts";
import type { Progress } from "./progress.ts";
import { startTimer } from "./timer.ts";

/** What a function called through `run` is told about its attempt. */
export interface AttemptContext {
  /** The first attempt is 1. */
  readonly attemptNumber: number;
  /** Aborts when the caller aborts, or when this attempt or the whole call has taken too long. Made when it is looked at. */
  readonly signal: AbortSignal;
  /** Milliseconds left of the policy's `timeout`; Infinity without one. */
  readonly remainingMs: number;
}

/** One attempt under a signal or a time limit. */
export class Attempt implements AttemptContext {
  readonly attemptNumber: number;
  readonly #policy: Policy;
  readonly #callStartMs: number;
  #controller: AbortController | undefined;
  #abandoned: { readonly reason: unknown } | undefined;
  #close: () => void = () => {};

  constructor({ policy, attemptNumber, startMs = 0 }: Progress) {
    this.#policy = policy;
    this.attemptNumber = attemptNumber;
    this.#callStartMs = startMs;
  }

  get remainingMs(): number {
    const { timeoutMs, clock } = this.#policy;
    return timeoutMs === Infinity ? Infinity : Math.max(0, timeoutMs - (clock.now() - this.#callStartMs));
  }

  get signal(): AbortSignal {
    const { signal, limited } = this.#policy;
    if (signal !== undefined && !limited) return signal;
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abandoned !== undefined) this.#controller.abort(this.#abandoned.reason);
    }
    return this.#controller.signal;
  }

  /**
   * Calls `fn` and settles as it does, but does not wait for it past an abort or a time limit: then the promise rejects
   * at once, and what `fn` still gives later is disposed of or swallowed. The function itself may go on running.
   */
  async guard<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T> {
    try {
      const value = await this.#raced(fn);
      // The abort came just after the value, and has disposed of it.
      if (this.#abandoned !== undefined) throw this.#abandoned.reason;
      return value;
    } finally {
      this.#close();
    }
  }

  #raced<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let running: MaybePromise<T> | undefined;
      this.#close = this.#watch((reason) => {
        this.#abandoned = { reason };
        reject(reason);
        this.#controller?.abort(reason);
        forgo(running);
      });
      if (this.#abandoned !== undefined) return;
      running = fn(this);
      if (this.#abandoned !== undefined) forgo(running);
      // The promise's own functions and no others, and one reaction only: that is what stack traces can follow.
      else if (isPromiseOf(running)) running.then(resolve, reject);
      else resolve(running);
    });
  }

  /** Calls `abandon` when the caller aborts or a limit is reached; returns what ends the watch. */
  #watch(abandon: (reason: unknown) => void): () => void {
    const { signal, limited, clock, unref, attemptTimeoutMs } = this.#policy;
    const abort = (): void => abandon(signal?.reason);
    if (signal !== undefined) onAbort(signal, abort);
    const limitMs = Math.min(attemptTimeoutMs, this.remainingMs);
    const start = clock.startTimer ?? startTimer;
    const cancel = limited ? start(() => abandon(this.#overdue()), limitMs, unref) : undefined;
    return () => {
      if (signal !== undefined) offAbort(signal, abort);
      cancel?.();
    };
  }

  #overdue(): TimeoutError {
    const { attemptTimeoutMs, timeoutMs } = this.#policy;
    const isTotal = this.remainingMs <= TOLERANCE_MS;
    const [option, ms] = isTotal ? ["timeout", timeoutMs] : ["attemptTimeout", attemptTimeoutMs];
    const error = new TimeoutError(`Attempt ${this.attemptNumber} was cut off: \`${option}\` is ${ms} ms`);
    if (isTotal) overdue.add(error);
    return error;
  }
}

/** True for the error of an attempt that the whole call's `timeout` ended: no predicate can ask for another. */
export function isOverdue(error: unknown): boolean {
  return typeof error === "object" && error !== null && overdue.has(error);
}

const overdue: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/** Disposes of a result that comes too late, and swallows a rejection. */
function forgo(running: unknown): void {
  if (isThenable(running)) running.then(dispose, () => {});
  else dispose(running);
}
