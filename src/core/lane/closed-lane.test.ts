import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionError } from "../../retry/index.ts";
import { StepError } from "../failure/failure.ts";
import { Lane, type LaneDeps } from "./lane.ts";
import { LaneClosed } from "../failure/lane-closed.ts";
import { resolveLaneLimits, type LaneLimits } from "./lane-limits.ts";

function openLane(limits: Partial<LaneLimits> = {}, deps: Partial<LaneDeps> = {}) {
  const drain = new AbortController();
  const lane = new Lane("api", resolveLaneLimits(limits), {
    clock: { now: () => performance.now(), wallNow: () => Date.now() },
    random: () => 0,
    drain: drain.signal,
    onDown: () => {},
    ...deps,
  });
  const sent: string[] = [];
  const call = (itemId: string, work: () => unknown = () => itemId): Promise<unknown> =>
    lane.call({ itemId, isPassedOn: true }, () => (sent.push(itemId), work()));
  return { lane, call, sent, drain };
}

const limited = (retryAfterMs: number) => (): never => {
  throw new StepError("rate_limit", "slow down", { retryAfterMs });
};
const refused = (): never => {
  throw new ConnectionError("connection refused");
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a call that another API can take", () => {
  it("gets a rate limit as its failure, and later ones are not sent until it is over", async () => {
    const { lane, call, sent } = openLane();
    await expect(call("a", limited(5_000))).rejects.toMatchObject({ kind: "rate_limit" });
    expect(lane.isClosed).toBe(true);
    await expect(call("b")).rejects.toBeInstanceOf(LaneClosed);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lane.isClosed).toBe(false);
    expect(await call("c")).toBe("c");
    expect(sent).toEqual(["a", "c"]);
  });

  it("is sent away when the API closes while it waits for its turn", async () => {
    const { call, sent } = openLane({ concurrency: 1 });
    const first = call("a", async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      limited(1_000)();
    });
    const second = call("b");
    const ends = Promise.allSettled([first, second]);
    await vi.advanceTimersByTimeAsync(100);
    expect(await ends).toMatchObject([{ reason: { kind: "rate_limit" } }, { reason: { name: "LaneClosed" } }]);
    expect(sent).toEqual(["a"]);
  });

  it("waits for a slot all the same", async () => {
    const { call } = openLane({ concurrency: 1 });
    const first = call("a", () => new Promise((resolve) => setTimeout(resolve, 100)));
    const second = call("b");
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.all([first, second])).toEqual([undefined, "b"]);
  });

  it("is the reason to ask an API that is down how it is, which nobody waits for", async () => {
    let isUp = false;
    const checks: number[] = [];
    const checkHealth = async (): Promise<void> => {
      checks.push(performance.now());
      if (!isUp) refused();
    };
    const { lane, call, sent } = openLane({ outageAfter: 2 }, { checkHealth });
    for (const item of ["a", "b"]) await expect(call(item, refused)).rejects.toBeInstanceOf(ConnectionError);
    for (let n = 0; n < 100; n += 1) {
      await expect(call("c")).rejects.toBeInstanceOf(LaneClosed);
      await vi.advanceTimersByTimeAsync(100);
    }
    // Further and further apart: after 1, 2, 4 and 5 seconds.
    expect(checks.length).toBeLessThanOrEqual(5);
    isUp = true;
    await vi.advanceTimersByTimeAsync(10_000);
    await expect(call("d")).rejects.toBeInstanceOf(LaneClosed);
    await vi.advanceTimersByTimeAsync(1);
    expect(lane.isClosed).toBe(false);
    expect(await call("e")).toBe("e");
    expect(sent).toEqual(["a", "b", "e"]);
  });

  it("probes an API that has no such question, alone", async () => {
    const { call, sent } = openLane({ outageAfter: 1 });
    await expect(call("a", refused)).rejects.toBeInstanceOf(ConnectionError);
    await vi.advanceTimersByTimeAsync(1_000);
    const probe = call("b", () => new Promise((_, reject) => setTimeout(() => reject(new ConnectionError("x")), 50)));
    const other = call("c");
    const ends = Promise.allSettled([probe, other]);
    await vi.advanceTimersByTimeAsync(50);
    expect(await ends).toMatchObject([{ reason: { name: "ConnectionError" } }, { reason: { name: "LaneClosed" } }]);
    expect(sent).toEqual(["a", "b"]);
  });
});

describe("who waits until a lane is open", () => {
  it("goes on when its pause is over", async () => {
    const { lane, call } = openLane();
    await expect(call("a", limited(3_000))).rejects.toThrow("slow down");
    let isOpen = false;
    void lane.opened().then(() => (isOpen = true));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(isOpen).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOpen).toBe(true);
  });

  it("goes on when an API that was down answers a health request", async () => {
    let isUp = false;
    const checkHealth = async (): Promise<void> => (isUp ? undefined : refused());
    const { lane, call } = openLane({ outageAfter: 1 }, { checkHealth });
    await expect(call("a", refused)).rejects.toThrow("refused");
    let isOpen = false;
    void lane.opened().then(() => (isOpen = true));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(isOpen).toBe(false);
    isUp = true;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(isOpen).toBe(true);
  });

  it("stops waiting with the signal, and with the run", async () => {
    const { lane, call, drain } = openLane();
    await expect(call("a", limited(60_000))).rejects.toThrow("slow down");
    const mine = new AbortController();
    const waits = Promise.allSettled([lane.opened(mine.signal), lane.opened()]);
    mine.abort(new Error("mine"));
    drain.abort(new Error("the run"));
    await vi.advanceTimersByTimeAsync(1);
    expect((await waits).map((end) => end.status)).toEqual(["rejected", "rejected"]);
  });
});

describe("a lane that may not give up", () => {
  it("goes on to look after its API, now and then", async () => {
    const checks: number[] = [];
    let isUp = false;
    const checkHealth = async (): Promise<void> => {
      checks.push(performance.now());
      if (!isUp) refused();
    };
    const { lane, call } = openLane({ outageAfter: 1, maxOutageMs: 10_000 }, { checkHealth, onDown: () => false });
    await expect(call("a", refused)).rejects.toThrow("refused");
    const opened = lane.opened();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(checks.length).toBeLessThan(20);
    isUp = true;
    await vi.advanceTimersByTimeAsync(6_000);
    await opened;
    expect(lane.isClosed).toBe(false);
  });
});
