import { buildRetryOptions, type PartialRetryConfig } from "./config.ts";
import { decoratorOf, type RetryDecorator } from "./decorator.ts";
import type { RetryLogger } from "./log.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { Retrying } from "./retrying.ts";

/**
 * Makes a decorator from a config. It works three ways: `withRetry(config)(fn)` for a function, `@withRetry(config)` on
 * a method, and the same under `experimentalDecorators`. Name, length, `this`, argument and result types stay; the
 * result is a promise.
 * As a decorator it stands before a method: `@withRetry({ maxAttempts: 5 })`.
 *
 * @example
 * ```ts
 * import { withRetry } from "holdfast/retry";
 *
 * let calls = 0;
 * const fetchUser = async (id: number): Promise<string> => {
 *   calls += 1;
 *   if (calls < 2) throw new Error("down");
 *   return `user ${id} at call ${calls}`;
 * };
 * const retried = withRetry({ maxAttempts: 5, minWaitSeconds: 0, maxWaitSeconds: 0, retryExceptions: [Error] });
 * const fetchSafely = retried(fetchUser);
 * console.log(await fetchSafely(7));
 * // prints: user 7 at call 2
 * ```
 */
export function withRetry(config?: PartialRetryConfig, logger?: RetryLogger): RetryDecorator {
  return createRetryDecorator(config, logger);
}

/**
 * The same as {@link withRetry}, for code that creates named decorators.
 *
 * @example
 * ```ts
 * import { createRetryDecorator } from "holdfast/retry";
 *
 * // One policy for all calls of an API.
 * const retried = createRetryDecorator({ maxAttempts: 5, maxWaitSeconds: 60 });
 * const fetchUser = retried(async (id: number) => ({ id }));
 * const fetchOrders = retried(async (id: number) => [`order of ${id}`]);
 * console.log(await fetchUser(7), await fetchOrders(7));
 * // prints: { id: 7 } [ 'order of 7' ]
 * ```
 */
export function createRetryDecorator(config?: PartialRetryConfig, logger?: RetryLogger): RetryDecorator {
  return decoratorOf(new Retrying(buildRetryOptions(config, logger)));
}

/**
 * Calls `fn` under a config: `retryCall(fetchUser, { maxAttempts: 5 }, console, userId)`.
 *
 * @example
 * ```ts
 * import { retryCall } from "holdfast/retry";
 *
 * const fetchUser = async (id: number, fields: string) => `${fields} of user ${id}`;
 * console.log(await retryCall(fetchUser, { maxAttempts: 5 }, undefined, 7, "name"));
 * // prints: name of user 7
 * ```
 */
export function retryCall<A extends unknown[], T>(
  fn: (...args: A) => MaybePromise<T>,
  config?: PartialRetryConfig,
  logger?: RetryLogger,
  ...args: A
): Promise<T> {
  return new Retrying(buildRetryOptions(config, logger)).call(fn, ...args);
}
