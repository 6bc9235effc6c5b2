import { FunctionCall } from "./call.ts";
import { drive } from "./drive.ts";
import type { RetryOptions } from "./options.ts";
import type { Policy } from "./policy.ts";
import type { Retrying } from "./retrying.ts";
import type { AnyFunction } from "./state.ts";
import { CallStatistics, type RetryStatistics } from "./statistics.ts";

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
  /** The same function under the policy with some options changed. */
  readonly retryWith: (overrides: RetryOptions) => Wrapped<F>;
  /** How the last call that was begun went, or is going. */
  readonly statistics: RetryStatistics;
}

/** Puts `fn` under a policy: see {@link Retrying.wrap}. */
export function wrapFunction<F extends AnyFunction>(retrying: Retrying, policy: Policy, fn: F): Wrapped<F> {
  // Who calls the result is held to the types of `fn`; in here its arguments only pass through.
  const callable: AnyFunction = fn;
  const retriable = callable as (this: unknown, ...args: unknown[]) => unknown;
  let statistics = new CallStatistics();
  // A method has no prototype of its own, so it takes every property of `fn` and cannot be called with new.
  const { retried } = {
    retried(this: unknown, ...args: unknown[]): Promise<unknown> {
      statistics = new CallStatistics();
      return drive(new FunctionCall(policy, retriable, this, args, statistics));
    },
  };
  const own: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(fn);
  for (const key of ["prototype", "arguments", "caller"]) delete own[key];
  const wrapped: unknown = Object.defineProperties(retried, {
    ...own,
    retry: { value: retrying, configurable: true },
    retryWith: { value: (overrides: RetryOptions) => retrying.copy(overrides).wrap(fn), configurable: true },
    statistics: { get: () => statistics, configurable: true },
  });
  // Built property by property, which the compiler cannot follow.
  return wrapped as Wrapped<F>;
}
