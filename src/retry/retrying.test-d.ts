import { expectTypeOf, test } from "vitest";
import {
  ConnectionError,
  type Duration,
  retryCall,
  Retrying,
  retryIfExceptionType,
  TimeoutError,
  withRetry,
  type RetryStatistics,
} from "./index.ts";

const retrying = new Retrying();
const decorate = withRetry();

test("call gives the promise of the function's value, for any kind of function", () => {
  expectTypeOf(retrying.call(async (n: number) => String(n), 1)).toEqualTypeOf<Promise<string>>();
  expectTypeOf(retrying.call((n: number) => n, 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(retryCall(async (n: number) => String(n), {}, undefined, 1)).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error a number is no string
  void retrying.call((text: string) => text, 1);
  // @ts-expect-error an argument is missing
  void retrying.call((text: string) => text);
});

test("callSync gives the value, and never for a function that returns a promise", () => {
  expectTypeOf(retrying.callSync((n: number) => n, 1)).toEqualTypeOf<number>();
  expectTypeOf(() => retrying.callSync(async () => 1)).returns.toEqualTypeOf<never>();
  expectTypeOf(retrying.callSync((text: string) => JSON.parse(text), "1")).toBeAny();
});

test("run hands a context", () => {
  const result = retrying.run(async ({ signal, attemptNumber, remainingMs }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf([attemptNumber, remainingMs]).toEqualTypeOf<number[]>();
    return "value";
  });
  expectTypeOf(result).toEqualTypeOf<Promise<string>>();
});

test("an async function keeps its type when wrapped: generics, overloads and `this`", () => {
  const identity = decorate(async <T>(value: T): Promise<T> => value);
  expectTypeOf(identity<"x">).returns.toEqualTypeOf<Promise<"x">>();

  function load(id: string): Promise<string>;
  function load(id: number): Promise<number>;
  async function load(id: string | number): Promise<string | number> {
    return id;
  }
  const loaded = retrying.wrap(load);
  expectTypeOf(loaded("a")).toEqualTypeOf<Promise<string>>();
  expectTypeOf(loaded(1)).toEqualTypeOf<Promise<number>>();

  const bound = retrying.wrap(async function (this: { readonly n: number }) {
    return this.n;
  });
  expectTypeOf<ThisParameterType<typeof bound>>().toEqualTypeOf<{ readonly n: number }>();
  // @ts-expect-error `this` is missing its property
  void bound.call({});
});

test("any other function gives the promise of its result", () => {
  const double = retrying.wrap((n: number) => n * 2);
  expectTypeOf(double).parameters.toEqualTypeOf<[n: number]>();
  expectTypeOf(double).returns.toEqualTypeOf<Promise<number>>();
});

test("a wrapped function carries its policy, retryWith and statistics", () => {
  const wrapped = decorate(async (n: number) => n);
  expectTypeOf(wrapped.retry).toEqualTypeOf<Retrying>();
  expectTypeOf(wrapped.statistics).toEqualTypeOf<RetryStatistics>();
  expectTypeOf(wrapped.retryWith({ reraise: true })(1)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error no such option
  void wrapped.retryWith({ attempts: 5 });
});

test("error classes may be abstract and take any arguments", () => {
  abstract class Temporary extends Error {
    abstract readonly retryAfterMs: number;
    constructor(code: number, text: string) {
      super(`${code} ${text}`);
    }
  }
  withRetry({ retryExceptions: [Temporary, ConnectionError, TimeoutError, SyntaxError] });
  retryIfExceptionType(Temporary);
  // @ts-expect-error a name is no class
  withRetry({ retryExceptions: ["Temporary"] });
});

test("instanceof ConnectionError does not narrow what it should not", () => {
  const text = (error: Error | string): string => {
    if (error instanceof ConnectionError) return error.message;
    expectTypeOf(error).toEqualTypeOf<Error | string>();
    return String(error);
  };
  expectTypeOf(text).returns.toEqualTypeOf<string>();
});

test("durations are numbers or texts with a unit", () => {
  const durations: Duration[] = [5, "5ms", "1.5s", "2m", "1h"];
  expectTypeOf(durations).toEqualTypeOf<Duration[]>();
  // @ts-expect-error no unit
  const bare: Duration = "5";
  // @ts-expect-error no such unit
  const days: Duration = "5d";
  void [bare, days];
});

test("a logger is anything with console's methods", () => {
  withRetry({}, console);
  // @ts-expect-error a logger has all four levels
  withRetry({}, { info: () => {} });
});

test("options and configs take undefined for absent", () => {
  withRetry({ maxAttempts: undefined });
  void new Retrying({ stop: undefined, signal: undefined, timeout: undefined });
});

test("a method that does not return a promise turns into a hint", () => {
  const method = (n: number): number => n;
  expectTypeOf(decorate(method, { kind: "method", name: "m" })).toEqualTypeOf<{ hint: "make the method async" }>();
  const descriptor: TypedPropertyDescriptor<typeof method> = {};
  expectTypeOf(decorate({}, "m", descriptor)).toEqualTypeOf<{ hint: "make the method async" }>();
});
