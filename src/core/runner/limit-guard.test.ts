import { describe, expect, it } from "vitest";
import { LimitGuard, type LimitDeps } from "./limit-guard.ts";
import type { RunLimits } from "./run-limits.ts";
import { NO_ITEMS } from "../session/item-counts.ts";
import { RunControl } from "./run-control.ts";
import { NO_USAGE } from "../model/usage.ts";

function guardOf(limits: RunLimits, before: Pick<LimitDeps, "counts" | "usage"> = {}) {
  const control = new RunControl();
  const guard = new LimitGuard(limits, { sessionId: "20260119_143052", control, ...before });
  const reached = (): string | undefined => (control.cause?.kind === "limit" ? control.cause.limit : undefined);
  return { guard, control, reached };
}

describe("failOnError", () => {
  it("stops the run at so many failed items, whatever came between", () => {
    const { guard, control, reached } = guardOf({ failOnError: 3 });
    for (const failed of [true, false, true, false]) guard.stepEnded("call", { failed });
    expect(reached()).toBeUndefined();
    guard.stepEnded("load", { failed: true });
    expect(reached()).toBe("failOnError");
    expect(control.cause).toEqual({
      kind: "limit",
      limit: "failOnError",
      message: "3 items failed, and the limit is 3",
      hint: { kind: "raise_limit", limit: "failOnError", to: 6, sessionId: "20260119_143052" },
    });
  });

  it("advises a limit that what was in flight has not reached either", () => {
    const { guard, control } = guardOf({ failOnError: 1 });
    for (let n = 0; n < 16; n += 1) guard.stepEnded("call", { failed: true });
    expect(control.cause?.message).toBe("16 items failed, and the limit is 1");
    expect(control.cause).toMatchObject({ hint: { limit: "failOnError", to: 32 } });
  });

  it("advises a share that what was in flight has not reached either", () => {
    const { guard, control } = guardOf({ failOnError: "10%" });
    for (let n = 0; n < 20; n += 1) guard.itemEnded(n < 2 ? "failed" : "completed");
    for (let n = 0; n < 5; n += 1) guard.itemEnded("failed");
    expect(control.cause?.message).toContain("3 of 21 items failed (14.29%), and the limit is 10%");
    expect(control.cause).toMatchObject({ hint: { limit: "failOnError", to: "42%" } });
  });

  it("counts what failed in earlier runs, and stops before the first call when that is enough", () => {
    const { guard, reached } = guardOf({ failOnError: 3 }, { counts: { ...NO_ITEMS, failed: 3 } });
    guard.check();
    expect(reached()).toBe("failOnError");
  });

  it("judges a share from 20 items on that were worked on", () => {
    const { guard, reached } = guardOf({ failOnError: "10%" });
    for (let n = 0; n < 5; n += 1) guard.itemEnded("failed");
    for (let n = 0; n < 100; n += 1) guard.itemEnded("skipped");
    for (let n = 0; n < 13; n += 1) guard.itemEnded("completed");
    expect(reached()).toBeUndefined();
    guard.itemEnded("review");
    guard.itemEnded("failed");
    expect(reached()).toBe("failOnError");
  });

  it("lets a share below it pass", () => {
    const { guard, reached } = guardOf({ failOnError: "10%" });
    for (let n = 0; n < 99; n += 1) guard.itemEnded(n % 12 === 11 ? "failed" : "completed");
    expect(reached()).toBeUndefined();
  });
});

describe("maxConsecutiveFailures", () => {
  it("counts failures of one step with no success of it between them", () => {
    const { guard, reached } = guardOf({ maxConsecutiveFailures: 3 });
    for (const failed of [true, true, false, true, true]) guard.stepEnded("call", { failed });
    for (const failed of [true, false, true]) guard.stepEnded("load", { failed });
    expect(reached()).toBeUndefined();
    guard.stepEnded("call", { failed: true });
    expect(reached()).toBe("maxConsecutiveFailures");
  });
});

describe("maxCost and maxTokens", () => {
  it("count over the whole session", () => {
    const usage = { ...NO_USAGE, inputTokens: 900, outputTokens: 50, cost: 0.95 };
    const cost = guardOf({ maxCost: 1 }, { usage });
    cost.guard.spend({ tokens: 10, cost: 0.04 });
    expect(cost.reached()).toBeUndefined();
    cost.guard.spend({ tokens: 10, cost: 0.02 });
    expect(cost.reached()).toBe("maxCost");
    expect(cost.control.cause).toMatchObject({
      message: "the session has cost 1.01, and the limit is 1",
      hint: { kind: "raise_limit", limit: "maxCost", to: 2.02 },
    });
    const tokens = guardOf({ maxTokens: 1000 }, { usage });
    tokens.guard.spend({ tokens: 49, cost: 0 });
    expect(tokens.reached()).toBeUndefined();
    tokens.guard.spend({ tokens: 1, cost: 0 });
    expect(tokens.reached()).toBe("maxTokens");
  });
});

describe("limit", () => {
  it("ends the reading, and stops the run only when what was begun is finished", () => {
    const { guard, reached } = guardOf({ limit: 2 });
    expect([guard.mayBegin(), guard.mayBegin()]).toEqual([true, true]);
    guard.feedEnded();
    expect(reached()).toBeUndefined();
    expect(guard.mayBegin()).toBe(false);
    expect(reached()).toBeUndefined();
    guard.feedEnded();
    expect(reached()).toBe("limit");
  });
});

describe("a limit", () => {
  it.each<[RunLimits, string]>([
    [{ failOnError: 0 }, "failOnError"],
    [{ failOnError: "0%" }, "failOnError"],
    [{ failOnError: "101%" }, "failOnError"],
    [{ maxCost: 0 }, "maxCost"],
    [{ maxCost: Number.NaN }, "maxCost"],
    [{ maxTokens: 1.5 }, "maxTokens"],
    [{ limit: -1 }, "limit"],
    [{ maxConsecutiveFailures: 0 }, "maxConsecutiveFailures"],
  ])("of %j is refused", (limits, name) => {
    expect(() => guardOf(limits)).toThrow(`Expected \`${name}\``);
  });
});
