import { expect, test } from "vitest";
import { resolveLaneLimits } from "../../../core/lane/index.ts";
import { windowsOf } from "./permit-windows.ts";

const call = { itemId: "item", tokens: { known: 300, guessed: 100 } };

test("a call takes one of each window of requests, and its tokens of each window of tokens", () => {
  const limits = resolveLaneLimits({
    requests: [{ limit: 50, per: "1s" }],
    tokens: [{ limit: 10_000, per: "1m" }],
  });
  expect(windowsOf(limits, call)).toEqual([
    { counts: "requests", perMs: 1_000, limit: 50, amount: 1, arrivesWithinMs: 500 },
    { counts: "tokens", perMs: 60_000, limit: 10_000, amount: 400, arrivesWithinMs: 500 },
  ]);
});

test("of several windows of one length the lowest limit holds, in whatever order they come", () => {
  const strict = { limit: 5, per: "1m" } as const;
  const lax = { limit: 50, per: "60s" } as const;
  for (const requests of [
    [strict, lax],
    [lax, strict],
  ]) {
    expect(windowsOf(resolveLaneLimits({ requests }), call)).toMatchObject([{ perMs: 60_000, limit: 5 }]);
  }
});

test("a guess larger than the window waits for the whole window, and not for good", () => {
  const limits = resolveLaneLimits({ tokens: [{ limit: 200, per: "1m" }] });
  expect(windowsOf(limits, call)).toMatchObject([{ limit: 200, amount: 200 }]);
});

test("a call is counted from half of a short window on", () => {
  const limits = resolveLaneLimits({ requests: [{ limit: 5, per: 100 }] });
  expect(windowsOf(limits, call)).toMatchObject([{ perMs: 100, arrivesWithinMs: 50 }]);
});
