import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RetryBudget } from "./budget.ts";
import { decide, type DecisionHooks } from "./decide.ts";
import { stopAfterAttempt, stopNever } from "./stop.ts";
import type { SettledState } from "./state.ts";
import { retryState } from "./testing/index.ts";
import { waitFixed } from "./wait.ts";

const policy: DecisionHooks = {
  stop: stopAfterAttempt(3),
  wait: waitFixed(100),
  timeoutMs: Infinity,
  budget: undefined,
};
const outcome = { status: "raised", error: new Error("boom") } as const;
const settled = (changes: Partial<SettledState> = {}): SettledState => ({ ...retryState(changes), outcome });

describe("decide", () => {
  test("is done when the predicate does not ask for another attempt, and asks no strategy", () => {
    const asked = (): never => expect.fail("asked");
    const state = settled();
    expect(decide({ ...policy, stop: asked, wait: asked }, state, false)).toEqual({ kind: "done", state });
  });

  test("retries after the wait, which the state tells", () => {
    expect(decide(policy, settled(), true)).toMatchObject({
      kind: "retry",
      delayMs: 100,
      state: { upcomingSleepMs: 100 },
    });
  });

  test("gives up for the stop strategy's reason, the wait having been asked first", () => {
    const asked: unknown[] = [];
    const decision = decide(
      {
        ...policy,
        wait: () => (asked.push("wait"), 7),
        stop: ({ upcomingSleepMs }) => (asked.push("stop", upcomingSleepMs), true),
      },
      settled(),
      true,
    );
    expect(decision).toMatchObject({ kind: "give-up", reason: "stopped" });
    expect(asked).toEqual(["wait", "stop", 7]);
    expect(decide(policy, settled({ attemptNumber: 3 }), true)).toMatchObject({ kind: "give-up", reason: "attempts" });
  });

  test.each([
    [800, "retry"],
    [898, "retry"],
    [899, "give-up"],
    [900, "give-up"],
  ])("with a timeout of 1000 ms and a wait of 100, at %i ms the answer is %s", (elapsedMs, kind) => {
    expect(decide({ ...policy, timeoutMs: 1000 }, settled({ elapsedMs }), true).kind).toBe(kind);
  });

  test("gives up when the wait is infinite: there is no time after it", () => {
    const decision = decide({ ...policy, wait: () => Infinity }, settled(), true);
    expect(decision).toMatchObject({ kind: "give-up", reason: "deadline" });
  });

  test("gives up when the budget allows no retry", () => {
    const budget = new RetryBudget({ maxTokens: 1 });
    budget.recordFailure();
    expect(decide({ ...policy, budget }, settled(), true)).toMatchObject({ kind: "give-up", reason: "budget" });
  });

  test("changes nothing it is given, and gives the same answer twice", () => {
    fc.assert(
      fc.property(fc.nat(10), fc.nat(5000), fc.boolean(), (attemptNumber, elapsedMs, again) => {
        const state = Object.freeze(settled({ attemptNumber, elapsedMs }));
        const limited = Object.freeze({ ...policy, stop: stopNever, timeoutMs: 2000 });
        expect(decide(limited, state, again)).toEqual(decide(limited, state, again));
      }),
    );
  });
});
