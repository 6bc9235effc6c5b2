import { FunctionCall } from "./call.ts";
import { drive } from "./drive.ts";
import type { Policy } from "./policy.ts";
import type { AnyFunction } from "./state.ts";
import { CallStatistics } from "./statistics.ts";

/**
 * Wraps `fn` in a policy: a function with the properties of `fn`, those of `extra`, and `statistics` of its last call.
 * {@link Retrying.wrap} has the types: here arguments only pass through.
 */
export function wrapFunction(policy: Policy, fn: AnyFunction, extra: Readonly<Record<string, unknown>>): unknown {
  const retriable = fn as (this: unknown, ...args: unknown[]) => unknown;
  let statistics = new CallStatistics();
  // A method has no prototype of its own, so it takes every property of `fn` and cannot be called with new.
  // oxlint-disable-next-line typescript/unbound-method -- each call brings its own `this`, as with any function
  const { retried } = {
    retried(this: unknown, ...args: unknown[]): Promise<unknown> {
      statistics = new CallStatistics();
      return drive(new FunctionCall(policy, retriable, this, args, statistics));
    },
  };
  const own: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(fn);
  for (const key of ["prototype", "arguments", "caller"]) delete own[key];
  for (const [key, value] of Object.entries(extra)) own[key] = { value, configurable: true };
  return Object.defineProperties(retried, {
    ...own,
    statistics: { get: () => statistics, configurable: true },
  });
}
