import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boom, flaky, rejected } from "./fixtures/flaky.ts";
import { RetryError, Retrying, type RetryOptions, stopAfterAttempt, stopNever, waitFixed, waitNone } from "./index.ts";
import { FakeClock } from "./testing/index.ts";

const quick: RetryOptions = { wait: waitNone() };

describe("a policy", () => {
  test("is frozen, and its options are its own", () => {
    const options = { name: "a", stop: stopAfterAttempt(2) };
    const retrying = new Retrying(options);
    options.name = "b";
    expect(retrying.options.name).toBe("a");
    expect(Object.isFrozen(retrying) && Object.isFrozen(retrying.options)).toBe(true);
  });

  test("serves concurrent calls that share nothing", async () => {
    const retrying = new Retrying({ wait: waitFixed(1), stop: stopAfterAttempt(6), clock: new FakeClock() });
    const calls = [0, 1, 2, 3, 4, 5, 6].map((failures) =>
      retrying.call(flaky(failures)).catch((error: unknown) => error),
    );
    const results = await Promise.all(calls);
    expect(results.slice(0, 6)).toEqual(["ok", "ok", "ok", "ok", "ok", "ok"]);
    expect(results[6]).toMatchObject({ attempts: 6 });
  });

  test("may be used inside itself", async () => {
    const retrying = new Retrying({ ...quick, stop: stopAfterAttempt(2) });
    let calls = 0;
    const inner = (): never => {
      calls += 1;
      throw boom;
    };
    await rejected(retrying.call(() => retrying.call(inner)));
    expect(calls).toBe(4);
  });

  test("copy changes what it is given and nothing else, and not the original", () => {
    const base: RetryOptions = { stop: stopNever, wait: waitFixed(7), name: "base", reraise: true, timeout: "5s" };
    fc.assert(
      fc.property(
        fc.subarray(["stop", "wait", "name", "reraise", "timeout"] as const),
        fc.boolean(),
        (changed, asUndefined) => {
          const other: RetryOptions = {
            stop: stopAfterAttempt(9),
            wait: waitNone(),
            name: "x",
            reraise: false,
            timeout: 1,
          };
          const overrides = Object.fromEntries(changed.map((key) => [key, asUndefined ? undefined : other[key]]));
          const original = new Retrying(base);
          const copy = original.copy(overrides);
          expect(copy.options).toEqual(asUndefined ? base : { ...base, ...overrides });
          expect(original.options).toEqual(base);
        },
      ),
    );
  });

  test("options that are undefined count as absent", async () => {
    const names =
      "stop wait retry before after beforeSleep onSuccess onGiveUp reraise retryErrorClass name enabled signal";
    const more = "attemptTimeout timeout budget clock random sleep sleepSync unref";
    const nothing = Object.fromEntries(`${names} ${more}`.split(" ").map((name) => [name, undefined]));
    const fn = flaky(0);
    expect(await new Retrying(nothing).call(fn)).toBe("ok");
    expect(await rejected(new Retrying({ ...nothing, wait: waitNone() }).call(flaky(9)))).toBeInstanceOf(RetryError);
  });

  test.each([
    ["stop", 3],
    ["wait", "2s"],
    ["retry", "always"],
    ["before", {}],
    ["sleep", 5],
    ["timeout", -1],
    ["timeout", "-1s"],
    ["attemptTimeout", Number.NaN],
    ["signal", null],
    ["budget", 5],
    ["unref", 1],
    ["enabled", "no"],
    ["clock", 5],
    ["random", 0.5],
    ["retryErrorClass", "RetryError"],
    ["name", 5],
    ["reraise", "yes"],
  ])("refuses the option `%s` as %o, by name", (name, value) => {
    expect(() => new Retrying({ [name]: value })).toThrow(`\`${name}\``);
  });
});
