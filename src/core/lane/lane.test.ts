import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionError, TimeoutError } from "../../retry/index.ts";
import { StepError } from "../failure/failure.ts";
import { messageOf } from "../failure/error-message.ts";
import { Lane, type LaneDeps } from "./lane.ts";
import type { LaneEvent } from "./lane-event.ts";
import { resolveLaneLimits, type LaneLimits } from "./lane-limits.ts";

function openLane(limits: Partial<LaneLimits> = {}, checkHealth?: LaneDeps["checkHealth"]) {
  const drain = new AbortController();
  const down: string[] = [];
  const events: LaneEvent[] = [];
  const lane = new Lane("api", resolveLaneLimits(limits), {
    clock: { now: () => performance.now(), wallNow: () => Date.now() },
    random: () => 0,
    drain: drain.signal,
    onDown: (message) => {
      down.push(message);
      drain.abort(new StepError("cancelled", "stopped"));
    },
    onEvent: (event) => events.push(event),
    checkHealth,
  });
  let items = 0;
  /** A call of an item of its own, or of the one that is named. */
  const call = <T>(work: () => Promise<T> | T, itemId = `item-${(items += 1)}`): Promise<T> =>
    lane.call({ itemId }, work);
  const messages = (change?: LaneEvent["change"]): readonly string[] =>
    events.filter((event) => change === undefined || event.change === change).map(({ message }) => message);
  return { lane, call, drain, down, events, messages };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const refused = (): never => {
  throw new ConnectionError("connection refused");
};
const limited = (retryAfterMs?: number) => (): never => {
  throw new StepError("rate_limit", "slow down", retryAfterMs === undefined ? {} : { retryAfterMs });
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a lane's order", () => {
  it("lets no more calls through at once than its concurrency, in the order in which they came", async () => {
    const { call } = openLane({ concurrency: 2 });
    const started: number[] = [];
    const calls = [1, 2, 3, 4].map((n) => call(() => (started.push(n), pause(100))));
    await vi.advanceTimersByTimeAsync(50);
    expect(started).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(100);
    expect(started).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(calls);
  });

  it("lets the highest priority go first, and among equals who has waited longest", async () => {
    const { lane } = openLane({ concurrency: 1 });
    const started: string[] = [];
    const arrive = (itemId: string, priority: number, sinceMs: number): Promise<unknown> =>
      lane.call({ itemId, priority, sinceMs }, () => (started.push(itemId), pause(10)));
    const calls = [
      arrive("first", 0, 5),
      arrive("young", 0, 4),
      arrive("old", 0, 1),
      arrive("late step, young", 2, 9),
      arrive("late step, old", 2, 8),
    ];
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(calls);
    expect(started).toEqual(["first", "late step, old", "late step, young", "old", "young"]);
  });

  it("gives the slot of a call that failed to the next one", async () => {
    const { call } = openLane({ concurrency: 1 });
    await expect(call(() => Promise.reject(new Error("bad")))).rejects.toThrow("bad");
    expect(await call(() => "ok")).toBe("ok");
  });

  it("sends everybody away when the run drains", async () => {
    const { call, drain } = openLane({ concurrency: 1 });
    let free = (): void => {};
    const running = call(() => new Promise<void>((resolve) => (free = resolve)));
    const waiting = call(() => "never");
    await vi.advanceTimersByTimeAsync(0);
    const settled = expect(waiting).rejects.toMatchObject({ kind: "cancelled" });
    drain.abort(new StepError("cancelled", "stopped"));
    await settled;
    free();
    await running;
    await expect(call(() => "never")).rejects.toMatchObject({ kind: "cancelled" });
  });
});

describe("a lane's windows", () => {
  it("let requests through as they leave the window", async () => {
    const { call } = openLane({ concurrency: 10, requests: [{ limit: 2, per: "1s" }] });
    const startedAt: number[] = [];
    const calls = [1, 2, 3, 4, 5].map(() => call(() => void startedAt.push(performance.now())));
    await vi.advanceTimersByTimeAsync(3000);
    await Promise.all(calls);
    const [first = 0] = startedAt;
    expect(startedAt.map((at) => Math.round((at - first) / 1000))).toEqual([0, 0, 1, 1, 2]);
  });

  it("give room back when a call used less than was thought", async () => {
    const { lane } = openLane({ tokens: [{ limit: 100, per: "1m" }] });
    const tokens = { known: 20, guessed: 70 };
    await lane.call(
      { itemId: "a", tokens },
      () => 25,
      (used) => used,
    );
    let isThrough = false;
    const second = lane.call({ itemId: "b", tokens: { known: 75, guessed: 0 } }, () => (isThrough = true));
    await vi.advanceTimersByTimeAsync(10);
    expect(isThrough).toBe(true);
    await second;
  });

  it("refuse a request that never fits, instead of waiting for ever", async () => {
    const { lane } = openLane({ tokens: [{ limit: 100, per: "1m" }] });
    const call = lane.call({ itemId: "a", tokens: { known: 101, guessed: 0 } }, () => "never");
    await expect(call).rejects.toMatchObject({ kind: "input", message: expect.stringContaining("about 101 tokens") });
  });
});

describe("a rate-limit answer", () => {
  it("makes everybody wait as long as it asks, and then the call is made again", async () => {
    const { call, messages } = openLane();
    let calls = 0;
    const first = call(() => ((calls += 1) === 1 ? limited(5000)() : "ok"));
    await vi.advanceTimersByTimeAsync(0);
    const second = call(() => "also ok");
    let settled = 0;
    void first.then(() => (settled += 1));
    void second.then(() => (settled += 1));
    await vi.advanceTimersByTimeAsync(4990);
    expect(settled).toBe(0);
    await vi.advanceTimersByTimeAsync(20);
    expect(await Promise.all([first, second])).toEqual(["ok", "also ok"]);
    expect(messages("paused")).toEqual(["api asks us to slow down; waiting 5.0 s"]);
  });

  it("makes the lane wait longer and longer when it names no time", async () => {
    const { call, messages } = openLane();
    let calls = 0;
    const settled = call(() => ((calls += 1) <= 3 ? limited()() : calls));
    await vi.advanceTimersByTimeAsync(7010);
    expect(await settled).toBe(4);
    expect(messages("paused").map((text) => text.slice(-5))).toEqual(["1.0 s", "2.0 s", "4.0 s"]);
  });

  it("halves the concurrency once for calls that were refused together, and successes bring it back", async () => {
    const { call, messages } = openLane({ concurrency: 4, successesToGrow: 3 });
    let isBusy = true;
    const calls = Array.from({ length: 20 }, () =>
      call(async () => {
        await pause(10);
        return isBusy ? limited(1000)() : "ok";
      }),
    );
    await vi.advanceTimersByTimeAsync(100);
    isBusy = false;
    await vi.advanceTimersByTimeAsync(5000);
    await Promise.all(calls);
    expect(messages("limit")).toEqual([
      "api: 2 calls at once from now on",
      "api: 3 calls at once from now on",
      "api: 4 calls at once from now on",
    ]);
  });

  it("that names no time at all is not answered with another call at once", async () => {
    const { call } = openLane();
    let calls = 0;
    const settled = call(() => ((calls += 1) <= 2 ? limited(0)() : "ok"));
    await vi.advanceTimersByTimeAsync(900);
    expect(calls).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await settled).toBe("ok");
  });

  it("ends the run when nothing else comes for too long", async () => {
    const { call, down } = openLane({ maxPauseMs: 60_000 });
    const settled = expect(call(limited())).rejects.toMatchObject({ kind: "cancelled" });
    await vi.advanceTimersByTimeAsync(61_000);
    await settled;
    expect(down).toEqual(["api asks us to slow down, for 60 s now. Its last answer: slow down"]);
  });

  it("never ends the run while calls get through now and then", async () => {
    const { call, down } = openLane({ maxPauseMs: 10_000 });
    for (let n = 0; n < 10; n += 1) {
      let calls = 0;
      const settled = call(() => ((calls += 1) === 1 ? limited(6000)() : "ok"));
      await vi.advanceTimersByTimeAsync(6010);
      expect(await settled).toBe("ok");
    }
    expect(down).toEqual([]);
  });

  it("ends the run at once when it asks for more time than the lane has", async () => {
    const { call, down } = openLane({ maxPauseMs: 60_000 });
    await expect(call(limited(3_600_000))).rejects.toMatchObject({ kind: "cancelled" });
    expect(down[0]).toContain("to wait 3600 s more");
  });
});

describe("an outage", () => {
  it("begins after several connection failures in a row; from then on one call at a time probes, and nothing fails", async () => {
    const { call, messages } = openLane({ concurrency: 4, outageAfter: 3 });
    await expect(call(refused)).rejects.toThrow("refused");
    await expect(call(refused)).rejects.toThrow("refused");
    let isDown = true;
    let atOnce = 0;
    let most = 0;
    const work = async (): Promise<string> => {
      most = Math.max(most, (atOnce += 1));
      await pause(10);
      atOnce -= 1;
      return isDown ? refused() : "ok";
    };
    const third = call(work);
    await vi.advanceTimersByTimeAsync(20);
    most = 0;
    const others = [call(work), call(work)];
    await vi.advanceTimersByTimeAsync(3200);
    expect(most).toBe(1);
    isDown = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await Promise.all([third, ...others])).toEqual(["ok", "ok", "ok"]);
    expect(messages("opened")).toEqual(["api cannot be reached; items wait and none of them fails"]);
    expect(messages("closed")).toHaveLength(1);
  });

  it("is probed with another item each time", async () => {
    const { call } = openLane({ outageAfter: 1 });
    const probed: string[] = [];
    let isDown = true;
    const work = (itemId: string) => (): string => (probed.push(itemId), isDown ? refused() : "ok");
    const calls: Promise<string>[] = [];
    for (const itemId of ["a", "b", "c"]) {
      calls.push(call(work(itemId), itemId));
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(60_000);
    isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await Promise.all(calls)).toEqual(["ok", "ok", "ok"]);
    const [, second, third, fourth] = probed.slice(0, 4);
    expect(new Set([second, third, fourth]).size).toBe(3);
  });

  it("is told from bad answers: any answer is a sign of life", async () => {
    const { call, events } = openLane({ outageAfter: 2 });
    await expect(call(refused)).rejects.toThrow("refused");
    await expect(call(() => Promise.reject(new StepError("transient", "500")))).rejects.toThrow("500");
    await expect(call(refused)).rejects.toThrow("refused");
    expect(await call(() => "ok")).toBe("ok");
    expect(events).toEqual([]);
  });

  it("ends the run when it lasts too long", async () => {
    const { call, down } = openLane({ outageAfter: 1, maxOutageMs: 10_000 });
    const settled = expect(call(refused)).rejects.toMatchObject({ kind: "cancelled" });
    await vi.advanceTimersByTimeAsync(10_010);
    await settled;
    expect(down).toEqual(["api cannot be reached, for 10 s now. Its last answer: connection refused"]);
  });
});

describe("a lane with a health request", () => {
  it("sends that and no item while the API is down, and lets items in when it is well", async () => {
    let isDown = true;
    let checks = 0;
    const { call } = openLane({ outageAfter: 1 }, async () => ((checks += 1), isDown && refused()));
    let calls = 0;
    const settled = call(() => ((calls += 1), isDown ? refused() : "ok"));
    await vi.advanceTimersByTimeAsync(5000);
    expect([calls, checks]).toEqual([1, 3]);
    isDown = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect([await settled, calls]).toEqual(["ok", 2]);
  });

  it("notices an outage at the second failure of an item that is left alone, so that it does not fail for it", async () => {
    let isDown = true;
    const { call } = openLane({ outageAfter: 5 }, async () => isDown && refused());
    await expect(call(refused, "last")).rejects.toThrow("refused");
    const again = call(() => (isDown ? refused() : "ok"), "last");
    await vi.advanceTimersByTimeAsync(20_000);
    isDown = false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await again).toBe("ok");
  });

  it("lets an item that kills the server for itself fail by its own attempts, each of them one call", async () => {
    const { call, events, down } = openLane({ outageAfter: 5, maxOutageMs: 10_000 }, async () => "well");
    let calls = 0;
    const kill = (): never => {
      calls += 1;
      return refused();
    };
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await expect(call(kill, "poison")).rejects.toThrow("refused");
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect([calls, events, down]).toEqual([10, [], []]);
  });

  it.each([
    ["nothing fails while the server is away", false, "ok"],
    ["it is the item's own while the server is well", true, "too late"],
  ])("asks it about calls that get no answer in time: %s", async (_, isHealthy, outcome) => {
    let isHanging = true;
    const { call } = openLane({ outageAfter: 2 }, async () => isHealthy || (isHanging && refused()));
    const work = async (): Promise<string> => {
      await pause(100);
      if (isHanging) throw new StepError("transient", "too late", { cause: new TimeoutError("no answer") });
      return "ok";
    };
    const calls = ["a", "b", "c"].map((itemId) => call(work, itemId).catch(messageOf));
    await vi.advanceTimersByTimeAsync(5000);
    isHanging = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await Promise.all(calls)).at(-1)).toBe(outcome);
  });

  it("gives up on a server that never answers it", async () => {
    const { call, down } = openLane({ outageAfter: 1, maxOutageMs: 10_000 }, () => new Promise(() => {}));
    const settled = expect(call(refused)).rejects.toMatchObject({ kind: "cancelled" });
    await vi.advanceTimersByTimeAsync(11_000);
    await settled;
    expect(down).toEqual([
      "api cannot be reached, for 10 s now. Its last answer: No answer to a health request within 10 s",
    ]);
  });
});

describe("a lane that other items get through", () => {
  it("never counts one item's connection failures as an outage", async () => {
    const { call, events } = openLane({ outageAfter: 3 });
    for (let n = 0; n < 10; n += 1) {
      await expect(call(refused, "poison")).rejects.toThrow("refused");
      await expect(call(refused, "poison")).rejects.toThrow("refused");
      await call(() => "ok");
    }
    expect(events).toEqual([]);
  });
});
