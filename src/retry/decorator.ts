import { refuse } from "./refuse.ts";
import type { Retrying, Wrapped } from "./retrying.ts";
import type { AnyFunction } from "./state.ts";

/** A function that returns a promise. */
export type AsyncFunction = (this: never, ...args: never) => Promise<unknown>;

/** The context of a TC39 method decorator: only the fields in use, so every compiler's own type fits. */
export interface MethodContext {
  readonly kind: "method";
  readonly name: string | symbol;
}

/** Shown in the compiler's message for a decorated method that does not return a promise: a retry cannot wait there. */
export interface ThisMethodMustReturnAPromise<Hint = "make the method async"> {
  hint: Hint;
}

/** Wraps a function or a method in a retry policy. */
export interface RetryDecorator {
  /** On a method. */
  <F extends AsyncFunction>(method: F, context: MethodContext): F;
  (method: AnyFunction, context: MethodContext): ThisMethodMustReturnAPromise;
  /** On a method, under `experimentalDecorators`. */
  <F extends AsyncFunction>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>;
  <F extends AnyFunction>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): ThisMethodMustReturnAPromise;
  /** Around a function. */
  <F extends AsyncFunction>(fn: F): Wrapped<F>;
  <F extends AnyFunction>(fn: F): Wrapped<F>;
}

/** The decorator that wraps in a policy. */
export function decoratorOf(retrying: Retrying): RetryDecorator {
  const decorate = (subject: unknown, where?: unknown, descriptor?: PropertyDescriptor): unknown => {
    if (descriptor !== undefined) return { ...descriptor, value: wrap(descriptor.value) };
    const isElsewhere = typeof where === "object" && where !== null && "kind" in where && where.kind !== "method";
    if (isElsewhere) return refuse("withRetry", "put on a method or around a function", where.kind);
    return wrap(subject);
  };
  const wrap = (fn: unknown): unknown =>
    isFunction(fn) ? retrying.wrap(fn) : refuse("withRetry", "put on a method or around a function", fn);
  // One function for all the overloads, told apart by what it is given.
  return decorate as RetryDecorator;
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}
