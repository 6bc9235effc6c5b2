import { buildRetryOptions, type PartialRetryConfig } from "./config.ts";
import { decoratorOf, type RetryDecorator } from "./decorator.ts";
import type { RetryLogger } from "./log.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import { Retrying } from "./retrying.ts";

/**
 * Makes a decorator from a config. It works three ways: `withRetry(config)(fn)` for a function, `@withRetry(config)` on
 * a method, and the same under `experimentalDecorators`. Name, length, `this`, argument and result types stay; the
 * result is a promise.
 */
export function withRetry(config?: PartialRetryConfig, logger?: RetryLogger): RetryDecorator {
  return createRetryDecorator(config, logger);
}

/** The same as {@link withRetry}, for code that creates named decorators. */
export function createRetryDecorator(config?: PartialRetryConfig, logger?: RetryLogger): RetryDecorator {
  return decoratorOf(new Retrying(buildRetryOptions(config, logger)));
}

/** Calls `fn` under a config: `retryCall(fetchUser, { maxAttempts: 5 }, console, userId)`. */
export function retryCall<A extends unknown[], T>(
  fn: (...args: A) => MaybePromise<T>,
  config?: PartialRetryConfig,
  logger?: RetryLogger,
  ...args: A
): Promise<T> {
  return new Retrying(buildRetryOptions(config, logger)).call(fn, ...args);
}
