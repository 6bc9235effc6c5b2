import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionError } from "../retry/index.ts";
import { StepError } from "./failure.ts";
import { DEFAULT_LANE_LIMITS, Lane, type LaneLimits } from "./lane.ts";

function openLane(limits: Partial<LaneLimits> = {}) {
  const drain = new AbortController();
  const down: string[] = [];
  const waits: string[] = [];
  const lane = new Lane(
    "api",
    { ...DEFAULT_LANE_LIMITS, ...limits },
    {
      clock: { now: () => performance.now(), wallNow: () => Date.now() },
      random: () => 0,
      drain: drain.signal,
      onDown: (message) => {
        down.push(message);
        drain.abort(new StepError("cancelled", "stopped"));
      },
      onWait: (message) => waits.push(message),
    },
  );
  return { lane, drain, down, waits };
}

const refused = (): never => {
  throw new ConnectionError("connection refused");
};
const limited = (retryAfterMs?: number) => (): never => {
  throw new StepError("rate_limit", "slow down", retryAfterMs === undefined ? {} : { retryAfterMs });
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a lane", () => {
  it("lets no more calls through at once than its concurrency, in the order in which they came", async () => {
    const { lane } = openLane({ concurrency: 2 });
    const started: number[] = [];
    const calls = [1, 2, 3, 4].map((n) =>
      lane.call(async () => {
        started.push(n);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }),
    );
    await vi.advanceTimersByTimeAsync(50);
    expect(started).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(100);
    expect(started).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(calls);
  });

  it("makes everybody wait as long as a rate-limit answer asks, then calls again", async () => {
    const { lane, waits } = openLane();
    let calls = 0;
    const first = lane.call(() => ((calls += 1) === 1 ? limited(5000)() : "ok"));
    await vi.advanceTimersByTimeAsync(0);
    const second = lane.call(() => "also ok");
    let settled = 0;
    void first.then(() => (settled += 1));
    void second.then(() => (settled += 1));
    await vi.advanceTimersByTimeAsync(4990);
    expect(settled).toBe(0);
    await vi.advanceTimersByTimeAsync(20);
    expect(await Promise.all([first, second])).toEqual(["ok", "also ok"]);
    expect(waits).toEqual(["api asks us to slow down; waiting 5.0 s"]);
  });

  it("waits longer and longer when no time was asked for", async () => {
    const { lane, waits } = openLane();
    let calls = 0;
    const call = lane.call(() => ((calls += 1) <= 3 ? limited()() : calls));
    await vi.advanceTimersByTimeAsync(7010);
    expect(await call).toBe(4);
    expect(waits.map((text) => text.slice(-5))).toEqual(["1.0 s", "2.0 s", "4.0 s"]);
  });

  it("gives up on an API that answers nothing but rate limits", async () => {
    const { lane, down } = openLane({ maxPauseMs: 60_000 });
    const call = lane.call(limited(25_000));
    const settled = expect(call).rejects.toMatchObject({ kind: "cancelled" });
    await vi.advanceTimersByTimeAsync(80_000);
    await settled;
    expect(down).toEqual(["api asks us to slow down, for 75 s now. Its last answer: slow down"]);
  });

  it("passes connection failures on until there are several in a row, from then on it probes one call at a time", async () => {
    const { lane, waits } = openLane({ concurrency: 4, outageAfter: 3 });
    await expect(lane.call(refused)).rejects.toThrow("refused");
    await expect(lane.call(refused)).rejects.toThrow("refused");
    let isDown = true;
    let atOnce = 0;
    let most = 0;
    const work = async (): Promise<string> => {
      most = Math.max(most, (atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      atOnce -= 1;
      return isDown ? refused() : "ok";
    };
    const third = lane.call(work);
    await vi.advanceTimersByTimeAsync(20);
    most = 0;
    const others = [lane.call(work), lane.call(work)];
    await vi.advanceTimersByTimeAsync(3200);
    expect(most).toBe(1);
    isDown = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await Promise.all([third, ...others])).toEqual(["ok", "ok", "ok"]);
    expect(waits[0]).toBe("api cannot be reached; waiting 1.0 s");
  });

  it("counts any answer as a sign of life", async () => {
    const { lane } = openLane({ outageAfter: 2 });
    await expect(lane.call(refused)).rejects.toThrow("refused");
    await expect(lane.call(() => Promise.reject(new StepError("transient", "500")))).rejects.toThrow("500");
    await expect(lane.call(refused)).rejects.toThrow("refused");
    expect(await lane.call(() => "ok")).toBe("ok");
  });

  it("gives up on an API that stays away", async () => {
    const { lane, down } = openLane({ outageAfter: 1, maxOutageMs: 10_000 });
    const settled = expect(lane.call(refused)).rejects.toMatchObject({ kind: "cancelled" });
    await vi.advanceTimersByTimeAsync(20_000);
    await settled;
    expect(down).toEqual(["api cannot be reached, for 15 s now. Its last answer: connection refused"]);
  });

  it("sends everybody away when the run drains", async () => {
    const { lane, drain } = openLane({ concurrency: 1 });
    let free = (): void => {};
    const running = lane.call(() => new Promise<void>((resolve) => (free = resolve)));
    const waiting = lane.call(() => "never");
    await vi.advanceTimersByTimeAsync(0);
    const settled = expect(waiting).rejects.toMatchObject({ kind: "cancelled" });
    drain.abort(new StepError("cancelled", "stopped"));
    await settled;
    free();
    await running;
    await expect(lane.call(() => "never")).rejects.toMatchObject({ kind: "cancelled" });
  });
});
