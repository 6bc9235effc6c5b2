import { spawnSync } from "node:child_process";
import { getEventListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { sleep } from "./sleep.ts";
import { FakeClock } from "./testing/index.ts";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("sleep under vitest's fake timers", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("resolves when its time has come, texts and fractions included", async () => {
    const awake: string[] = [];
    void sleep("1s").then(() => awake.push("1s"));
    void sleep(0.4).then(() => awake.push("0.4"));
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toEqual(["0.4"]);
    await vi.advanceTimersByTimeAsync(998);
    expect(awake).toEqual(["0.4"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(awake).toEqual(["0.4", "1s"]);
  });

  test("sleeps longer than one timer can: 60 days", async () => {
    let isAwake = false;
    const dayMs = 86_400_000;
    void sleep(60 * dayMs).then(() => (isAwake = true));
    await vi.advanceTimersByTimeAsync(60 * dayMs - 1);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isAwake).toBe(true);
  });

  test("a fraction is rounded up, since the platform cuts it off", async () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    void sleep(10.2);
    expect(timers).toHaveBeenCalledWith(expect.anything(), 11);
  });

  test("an abort leaves no timer and no listener behind, in the middle of a long sleep too", async () => {
    const controller = new AbortController();
    const short = sleep(1000, controller.signal);
    const long = sleep("2000h", controller.signal);
    const settled = Promise.allSettled([short, long]);
    await vi.advanceTimersByTimeAsync(500);
    expect([vi.getTimerCount(), listeners(controller.signal)]).toEqual([2, 1]);
    controller.abort();
    await settled;
    expect([vi.getTimerCount(), listeners(controller.signal)]).toEqual([0, 0]);
  });

  test("waking up leaves no listener behind", async () => {
    const { signal } = new AbortController();
    const sleeping = Promise.all([sleep(10, signal), sleep(20, signal)]);
    await vi.advanceTimersByTimeAsync(20);
    await sleeping;
    expect([vi.getTimerCount(), listeners(signal)]).toEqual([0, 0]);
  });

  test("a sleep of 0 makes no timer", async () => {
    vi.useRealTimers();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const sleeping = sleep(0);
    expect(vi.getTimerCount()).toBe(0);
    await sleeping;
  });
});

describe("sleep", () => {
  test("rejects with the reason itself, at once", async () => {
    const reason = { why: "enough" };
    const controller = new AbortController();
    const startMs = performance.now();
    setTimeout(() => controller.abort(reason), 5);
    await expect(sleep("1h", controller.signal)).rejects.toBe(reason);
    expect(performance.now() - startMs).toBeLessThan(1000);
  });

  test("a signal that is aborted already rejects, for a sleep of 0 too", async () => {
    const signal = AbortSignal.abort("before");
    await expect(sleep(10, signal)).rejects.toBe("before");
    await expect(sleep(0, signal)).rejects.toBe("before");
  });

  test("a sleep of 0 lets the event loop turn, and can be aborted while it does", async () => {
    const order: string[] = [];
    setImmediate(() => order.push("turn"));
    await sleep(0);
    order.push("awake");
    expect(order).toEqual(["turn", "awake"]);
    const controller = new AbortController();
    const sleeping = sleep(0, controller.signal);
    controller.abort("now");
    await expect(sleeping).rejects.toBe("now");
  });

  test("where there is no setImmediate, as in a browser, a sleep of 0 is a message's turn", async () => {
    vi.stubGlobal("setImmediate", undefined);
    let isAwake = false;
    const sleeping = sleep(0).then(() => (isAwake = true));
    vi.unstubAllGlobals();
    for (let i = 0; i < 100; i++) await Promise.resolve();
    expect(isAwake).toBe(false);
    expect(await sleeping).toBe(true);
  });

  test("20,000 sleepers share one listener", async () => {
    const controller = new AbortController();
    const sleepers = Array.from({ length: 20_000 }, () => sleep("1h", controller.signal));
    expect(listeners(controller.signal)).toBe(1);
    const settled = Promise.allSettled(sleepers);
    controller.abort();
    const results = await settled;
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(listeners(controller.signal)).toBe(0);
  });

  test("is not shorter than asked in real time", async () => {
    for (const ms of [1, 3.3, 7.9]) {
      const startMs = performance.now();
      await sleep(ms);
      // Node's timers go by a clock of whole milliseconds and fire up to 0.9 ms early.
      expect(performance.now() - startMs).toBeGreaterThanOrEqual(ms - 1);
    }
  });

  test("goes by the timers it is given", async () => {
    const clock = new FakeClock();
    await sleep("10h", undefined, { startTimer: clock.startTimer });
    expect(clock.now()).toBe(36_000_000);
  });

  test.each([-1, Number.NaN])("refuses %s by name", (ms) => {
    expect(() => sleep(ms)).toThrow("`sleep`");
  });

  test("with unref the process exits, and without it the process waits", () => {
    const entry = JSON.stringify(new URL("index.ts", import.meta.url).href);
    const run = (body: string): { readonly out: string; readonly ms: number } => {
      const startMs = performance.now();
      const code = `const { Retrying, sleep, waitFixed } = await import(${entry}); process.on("exit", () => console.log("exit")); ${body}`;
      const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
        encoding: "utf8",
        cwd: fileURLToPath(new URL(".", import.meta.url)),
      });
      return { out: stdout, ms: performance.now() - startMs };
    };
    expect(run(`sleep("1h", undefined, { unref: true }).then(() => console.log("woke"));`).out).toBe("exit\n");
    expect(
      run(`new Retrying({ wait: waitFixed("1h"), unref: true }).call(() => Promise.reject(new Error("x")));`).out,
    ).toBe("exit\n");
    expect(run(`sleep(300).then(() => console.log("woke"));`).out).toBe("woke\nexit\n");
  });
});
