import type { AttemptContext } from "./attempt.ts";
import { ContextCall, FunctionCall } from "./call.ts";
import { defined } from "./defined.ts";
import { drive } from "./drive.ts";
import { driveSync } from "./drive-sync.ts";
import { attemptsOf, type LoopAttempt } from "./loop.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { RetryOptions } from "./options.ts";
import { type Policy, toPolicy } from "./policy.ts";
import type { AnyFunction } from "./state.ts";
import type { RetryStatistics } from "./statistics.ts";
import { wrapFunction } from "./wrap.ts";

/**
 * A function under a policy. One that returns a promise keeps its type as it is, generics and overloads included; for
 * any other the result becomes a promise of it, and a generic is lost. A subclass of Promise becomes a plain Promise.
 */
export type Wrapped<F extends AnyFunction> = Retried<F> & WrappedProperties<F>;

/** The call signature of a wrapped function. */
export type Retried<F extends AnyFunction> =
  ReturnType<F> extends Promise<unknown>
    ? F
    : (this: ThisParameterType<F>, ...args: Parameters<F>) => Promise<Awaited<ReturnType<F>>>;

/** What a wrapped function carries. */
export interface WrappedProperties<F extends AnyFunction> {
  /** The policy. */
  readonly retry: Retrying;
  /** The same function with some options of its policy changed. */
  readonly retryWith: (overrides: RetryOptions) => Wrapped<F>;
  /** Statistics of the call that started last. */
  readonly statistics: RetryStatistics;
}

/**
 * A retry policy: when to stop, how long to wait, what to retry. It is frozen and keeps no state of a call, so one
 * policy can serve any number of concurrent calls.
 *
 * Differs from tenacity: without `stop` it makes 3 attempts instead of retrying forever, and waits between them.
 *
 * @example
 * ```ts
 * import { Retrying, stopAfterAttempt, waitFixed } from "holdfast/retry";
 *
 * const policy = new Retrying({ stop: stopAfterAttempt(5), wait: waitFixed("1ms") });
 * let calls = 0;
 * const fetchUser = async (id: number): Promise<string> => {
 *   calls += 1;
 *   if (calls < 3) throw new Error("down");
 *   return `user ${id} at call ${calls}`;
 * };
 * console.log(await policy.call(fetchUser, 7));
 * const fetchSafely = policy.wrap(fetchUser);
 * console.log(await fetchSafely(8));
 * // prints: user 7 at call 3
 * // prints: user 8 at call 4
 * ```
 */
export class Retrying {
  /** The options that it was made from. */
  readonly options: RetryOptions;
  readonly #policy: Policy;

  /** @throws RangeError that names the option, for a bad one. */
  constructor(options: RetryOptions = {}) {
    this.options = Object.freeze({ ...options });
    this.#policy = toPolicy(options);
    Object.freeze(this);
  }

  /**
   * Calls `fn` with `args` until an attempt is accepted, and resolves with its value.
   *
   * @throws RetryError when it gives up; the function's own error when the predicate does not ask for another attempt;
   * `signal.reason` when the policy's signal aborts.
   */
  call<A extends unknown[], T>(fn: (...args: A) => MaybePromise<T>, ...args: A): Promise<T> {
    return drive(new FunctionCall(this.#policy, fn, undefined, args));
  }

  /** The synchronous form of `call`: it blocks the thread while it waits. A function that returns a promise is refused. */
  callSync<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): T extends PromiseLike<unknown> ? never : T;
  callSync<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): T {
    return driveSync(new FunctionCall<undefined, A, T>(this.#policy, fn, undefined, args));
  }

  /** Calls `fn` with each attempt: its number, a signal to pass on, the time left. */
  run<T>(fn: (context: AttemptContext) => MaybePromise<T>): Promise<T> {
    return drive(new ContextCall(this.#policy, fn));
  }

  /** Wraps `fn` in this policy. Name, length, `this`, arguments and properties stay `fn`'s. */
  wrap<F extends AnyFunction>(fn: F): Wrapped<F> {
    const retryWith = (overrides: RetryOptions): Wrapped<F> => this.copy(overrides).wrap(fn);
    // Built property by property, which the compiler cannot follow.
    return wrapFunction(this.#policy, fn, { retry: this, retryWith }) as Wrapped<F>;
  }

  /** A copy of the policy with some options changed; those that are `undefined` stay as they are. */
  copy(overrides: RetryOptions): Retrying {
    return new Retrying({ ...this.options, ...defined(overrides) });
  }

  /** `for await (const attempt of retrying) await attempt.run(...)`: retries a block of code. */
  [Symbol.asyncIterator](): AsyncGenerator<LoopAttempt, void, undefined> {
    return attemptsOf(this.#policy);
  }
}
