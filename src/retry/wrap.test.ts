import { describe, expect, test } from "vitest";
import { Retrying, stopAfterAttempt, waitFixed, waitNone, withRetry } from "./index.ts";
import { FakeClock } from "./testing/index.ts";

const quick = new Retrying({ wait: waitNone() });
const boom = new Error("boom");

describe("a wrapped function", () => {
  test("keeps name, length, `this` and properties, and gives a promise", async () => {
    function greet(this: { readonly greeting: string }, name: string, _mark = "!"): string {
      return `${this.greeting} ${name}`;
    }
    greet.description = "Greets.";
    const wrapped = quick.wrap(greet);
    expect([wrapped.name, wrapped.length, Reflect.get(wrapped, "description")]).toEqual(["greet", 1, "Greets."]);
    expect(await wrapped.call({ greeting: "hello" }, "you")).toBe("hello you");
    expect(Object.hasOwn(wrapped, "prototype")).toBe(false);
  });

  test("carries its policy, and retryWith gives another with some options changed", async () => {
    let calls = 0;
    const wrapped = quick.wrap(async () => {
      calls += 1;
      throw boom;
    });
    expect(wrapped.retry).toBe(quick);
    await expect(wrapped.retryWith({ stop: stopAfterAttempt(5), reraise: true })()).rejects.toBe(boom);
    expect(calls).toBe(5);
    await expect(wrapped()).rejects.toMatchObject({ attempts: 3 });
    expect(wrapped.retryWith({ name: "other" }).retry.options).toEqual({ ...quick.options, name: "other" });
  });

  test("tells the statistics of the last call that was begun", async () => {
    const clock = new FakeClock();
    let failures = 2;
    const wrapped = new Retrying({ wait: waitFixed("3s"), clock }).wrap(async () => {
      await clock.sleep(1000);
      if (failures-- > 0) throw boom;
    });
    const statistics = (): unknown => ({ ...wrapped.statistics });
    expect(statistics()).toEqual({ attemptNumber: 0, startTime: 0, idleForMs: 0, delaySinceFirstAttemptMs: undefined });
    await clock.sleep(500);
    await wrapped();
    // Attempts end at 1, 5 and 9 seconds; the last failure was the second.
    expect(statistics()).toEqual({ attemptNumber: 3, startTime: 500, idleForMs: 6000, delaySinceFirstAttemptMs: 5000 });
    await wrapped();
    expect(statistics()).toMatchObject({ attemptNumber: 1, idleForMs: 0, delaySinceFirstAttemptMs: undefined });
  });

  test("has a start time on the system clock too", async () => {
    const wrapped = quick.wrap(async () => {});
    const beforeMs = performance.now();
    await wrapped();
    expect(wrapped.statistics.startTime).toBeGreaterThanOrEqual(beforeMs);
    expect(wrapped.statistics.startTime).toBeLessThanOrEqual(performance.now());
  });

  test("can be wrapped again: its own properties are the outer policy's", () => {
    const inner = quick.wrap(async () => {});
    const outer = new Retrying();
    expect(outer.wrap(inner).retry).toBe(outer);
    expect(inner.retry).toBe(quick);
  });

  test("may be frozen, a class method, an arrow, or bound", async () => {
    class Api {
      readonly #secret = 42;
      get(): number {
        return this.#secret;
      }
    }
    const wrapped = quick.wrap(Api.prototype.get);
    expect(await wrapped.call(new Api())).toBe(42);
    expect(await quick.wrap(Object.freeze(() => 1))()).toBe(1);
    expect(await quick.wrap(Api.prototype.get.bind(new Api()))()).toBe(42);
  });
});

describe("a decorator, called as each compiler calls it", () => {
  const decorate = withRetry({ minWaitSeconds: 0, maxWaitSeconds: 0 });

  test("TC39: the method and its context", async () => {
    const method = async function get(this: { readonly n: number }): Promise<number> {
      return this.n;
    };
    expect(await decorate(method, { kind: "method", name: "get" }).call({ n: 5 })).toBe(5);
  });

  test("experimentalDecorators: the prototype, the key and the descriptor", async () => {
    const method = async function get(this: { readonly n: number }): Promise<number> {
      return this.n;
    };
    const descriptor = { value: method, enumerable: false, configurable: true, writable: true };
    const decorated = decorate({}, "get", descriptor);
    expect(decorated).toMatchObject({ enumerable: false, configurable: true, writable: true });
    expect(await decorated.value?.call({ n: 5 })).toBe(5);
  });

  test("anything but a method is refused with a sentence", () => {
    const loose =
      (...args: unknown[]) =>
      (): unknown =>
        Reflect.apply(decorate, undefined, args);
    expect(loose(Array, { kind: "class", name: "Api" })).toThrow("put on a method or around a function");
    expect(loose(undefined, { kind: "field", name: "x" })).toThrow("put on a method or around a function");
    expect(loose({}, "x", { get: () => 1 })).toThrow("put on a method or around a function");
    expect(loose(5)).toThrow("put on a method or around a function, got 5");
  });
});
