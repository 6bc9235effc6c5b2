import { type AttemptContext, attemptWith } from "./attempt.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { Policy } from "./policy.ts";
import { Progress } from "./progress.ts";
import type { CallStatistics } from "./statistics.ts";

/** A call that can begin an attempt. */
export interface Call<T> extends Progress {
  attempt(): MaybePromise<T>;
}

/** Calls a function with its `this` and its arguments. */
export class FunctionCall<This, A extends unknown[], T> extends Progress implements Call<T> {
  declare readonly fn: (this: This, ...args: A) => MaybePromise<T>;
  declare readonly args: A;
  declare readonly self: This;

  constructor(
    policy: Policy,
    fn: (this: This, ...args: A) => MaybePromise<T>,
    self: This,
    args: A,
    statistics?: CallStatistics,
  ) {
    super(policy, fn, args, statistics);
    this.self = self;
  }

  attempt(): MaybePromise<T> {
    return this.policy.guarded ? attemptWith(this, () => this.invoke()) : this.invoke();
  }

  invoke(): MaybePromise<T> {
    return this.fn.apply(this.self, this.args);
  }
}

/** Calls a function with its attempt. */
export class ContextCall<T> extends Progress implements Call<T> {
  declare readonly fn: (context: AttemptContext) => MaybePromise<T>;

  constructor(policy: Policy, fn: (context: AttemptContext) => MaybePromise<T>) {
    super(policy, fn, []);
  }

  attempt(): MaybePromise<T> {
    return attemptWith(this, this.fn);
  }
}
