import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RetryMessage } from "./diagnostics.ts";
import { Retrying, retryNever, waitFixed, waitNone } from "./index.ts";

const boom = new Error("boom");
const quick = new Retrying({ wait: waitNone(), name: "job" });

describe("the diagnostics channel holdfast:retry", () => {
  let messages: RetryMessage[] = [];
  const listen = (message: unknown): void => void messages.push(message as RetryMessage);
  beforeEach(() => subscribe("holdfast:retry", listen));
  afterEach(() => {
    unsubscribe("holdfast:retry", listen);
    messages = [];
  });

  const told = (): unknown[] => messages.map(({ kind, state, reason }) => [kind, state.attemptNumber, reason]);

  test("tells what follows each attempt", async () => {
    await quick.call(async () => "ok");
    await quick.call(async () => Promise.reject(boom)).catch(() => {});
    await quick
      .copy({ retry: retryNever })
      .call(async () => Promise.reject(boom))
      .catch(() => {});
    expect(told()).toEqual([
      ["done", 1, undefined],
      ["retry", 1, undefined],
      ["retry", 2, undefined],
      ["give-up", 3, "attempts"],
      ["done", 1, undefined],
    ]);
    expect(messages[0]?.state).toMatchObject({ name: "job", outcome: { status: "returned", value: "ok" } });
  });

  test("tells the wait that is coming and the time so far", async () => {
    let calls = 0;
    await new Retrying({ wait: waitFixed(3) }).call(() => {
      if (++calls === 1) throw boom;
    });
    expect(messages[0]?.state.upcomingSleepMs).toBe(3);
    expect(messages[1]?.state.elapsedMs).toBeGreaterThanOrEqual(2);
  });

  test("tells of callSync and of loops", async () => {
    quick.callSync(() => 1);
    for await (const attempt of quick) attempt.setResult(2);
    expect(messages.map(({ state }) => state.outcome)).toEqual([
      { status: "returned", value: 1 },
      { status: "returned", value: 2 },
    ]);
  });
});

test("without a subscriber a plain success reads no clock", async () => {
  let reads = 0;
  const clock = { now: () => ++reads, wallNow: () => ++reads };
  expect(await new Retrying({ clock }).call(async () => 1)).toBe(1);
  expect(reads).toBe(0);
});
