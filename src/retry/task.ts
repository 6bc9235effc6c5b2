import type { AttemptContext } from "./attempt.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { AnyFunction } from "./state.ts";

/** What is called under a policy. */
export type Task<T> = CallTask<T> | ContextTask<T>;

/** A task that needs no context. */
export interface CallTask<T> {
  readonly kind: "arguments";
  readonly fn: AnyFunction;
  readonly args: readonly unknown[];
  readonly invoke: () => MaybePromise<T>;
}

/** A function with its `this` and its arguments. A class, since a closure for every call would cost more. */
export class ArgumentsTask<This, A extends unknown[], T> implements CallTask<T> {
  readonly fn: (this: This, ...args: A) => MaybePromise<T>;
  readonly self: This;
  readonly args: A;

  constructor(fn: (this: This, ...args: A) => MaybePromise<T>, self: This, args: A) {
    this.fn = fn;
    this.self = self;
    this.args = args;
  }

  get kind(): "arguments" {
    return "arguments";
  }

  invoke(): MaybePromise<T> {
    return this.fn.apply(this.self, this.args);
  }
}

/** A function that is told about its attempt. */
export class ContextTask<T> {
  readonly fn: (context: AttemptContext) => MaybePromise<T>;

  constructor(fn: (context: AttemptContext) => MaybePromise<T>) {
    this.fn = fn;
  }

  get kind(): "context" {
    return "context";
  }

  get args(): readonly [] {
    return [];
  }

  invoke(context: AttemptContext): MaybePromise<T> {
    return this.fn(context);
  }
}
