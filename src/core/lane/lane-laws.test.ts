import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionError } from "../../retry/index.ts";
import { StepError } from "../failure/failure.ts";
import { Lane } from "./lane.ts";
import { resolveLaneLimits, type LaneLimits } from "./lane-limits.ts";
import { runs } from "../../../test/runs.ts";

/** What becomes of one attempt of a call. */
type Fate = "ok" | "rate_limit" | "reset" | "bad";

interface PlannedCall {
  readonly afterMs: number;
  readonly tookMs: number;
  readonly priority: number;
  readonly tokens: number;
  /** Of its attempts, one after the other; they are all well after the last of these. */
  readonly fates: readonly Fate[];
}

interface Start {
  readonly at: number;
  readonly endAt: number;
  readonly tokens: number;
}

const TOKENS_PER_WINDOW = 500;

const limits = fc.record({
  concurrency: fc.integer({ min: 1, max: 5 }),
  requests: fc.array(fc.record({ limit: fc.integer({ min: 1, max: 6 }), per: fc.integer({ min: 100, max: 5000 }) }), {
    maxLength: 2,
  }),
  tokens: fc.array(fc.record({ limit: fc.constant(TOKENS_PER_WINDOW), per: fc.integer({ min: 100, max: 5000 }) }), {
    maxLength: 2,
  }),
});

const plannedCall: fc.Arbitrary<PlannedCall> = fc.record({
  afterMs: fc.nat(300),
  tookMs: fc.nat(400),
  priority: fc.nat(2),
  tokens: fc.integer({ min: 0, max: TOKENS_PER_WINDOW }),
  fates: fc.array(fc.constantFrom<Fate>("ok", "rate_limit", "reset", "bad"), { maxLength: 3 }),
});

const ERRORS: Readonly<Record<Exclude<Fate, "ok">, () => Error>> = {
  rate_limit: () => new StepError("rate_limit", "slow down", { retryAfterMs: 700 }),
  reset: () => new ConnectionError("reset"),
  bad: () => new StepError("transient", "500"),
};

/** Makes all calls on a lane, each again after a failure of its own, and says when each went out. */
async function play(plan: readonly PlannedCall[], given: Partial<LaneLimits>): Promise<readonly Start[]> {
  const drain = new AbortController();
  const lane = new Lane("api", resolveLaneLimits({ ...given, maxOutageMs: 1e9, maxPauseMs: 1e9 }), {
    clock: { now: () => performance.now(), wallNow: () => Date.now() },
    random: () => 0.5,
    drain: drain.signal,
    onDown: () => drain.abort(new Error("the lane gave up")),
  });
  const starts: Start[] = [];

  const one = async ({ tookMs, priority, tokens, fates }: PlannedCall, n: number): Promise<void> => {
    const left = [...fates];
    const work = async (): Promise<void> => {
      const at = performance.now();
      starts.push({ at, endAt: at + tookMs, tokens });
      if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
      const fate = left.shift() ?? "ok";
      if (fate !== "ok") throw ERRORS[fate]();
    };
    const call = { itemId: `item-${n}`, priority, tokens: { known: tokens, guessed: 0 } };
    for (let isDone = false; !isDone;) {
      isDone = await lane.call(call, work).then(
        () => true,
        () => drain.signal.aborted,
      );
    }
  };

  const all: Promise<void>[] = [];
  for (const [n, call] of plan.entries()) {
    await vi.advanceTimersByTimeAsync(call.afterMs);
    all.push(one(call, n));
  }
  let isOver = false;
  void Promise.all(all).then(() => (isOver = true));
  for (let minutes = 0; !isOver && minutes < 120; minutes += 1) await vi.advanceTimersByTimeAsync(60_000);
  if (!isOver) throw new Error("Some calls never came to an end.");
  if (drain.signal.aborted) throw drain.signal.reason;
  return starts;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("whatever its calls meet, a lane", () => {
  it("brings each of them to an end, within every window and never too many at once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plannedCall, { maxLength: 15 }), limits, async (plan, given) => {
        const starts = await play(plan, given);
        for (const { at: from } of starts) {
          const within = (ms: number): readonly Start[] => starts.filter(({ at }) => at >= from && at < from + ms);
          for (const { limit, per } of given.requests) expect(within(per).length).toBeLessThanOrEqual(limit);
          const atOnce = starts.filter(({ at, endAt }) => at <= from && endAt > from);
          expect(atOnce.length).toBeLessThanOrEqual(given.concurrency);
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it("never spends more tokens than a window holds, when calls that were not refused spend what they reserved", async () => {
    const answered = plannedCall.map((call) => ({ ...call, fates: call.fates.filter((fate) => fate === "bad") }));
    await fc.assert(
      fc.asyncProperty(fc.array(answered, { maxLength: 15 }), limits, async (plan, given) => {
        const starts = await play(plan, given);
        for (const { at: from } of starts) {
          for (const { limit, per } of given.tokens) {
            const within = starts.filter(({ at }) => at >= from && at < from + per);
            expect(within.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(limit);
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it("lets equals go in the order in which they began to wait", async () => {
    const waits = fc.array(fc.nat(1000), { minLength: 2, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(waits, async (since) => {
        const drain = new AbortController();
        const lane = new Lane("api", resolveLaneLimits({ concurrency: 1 }), {
          clock: { now: () => performance.now(), wallNow: () => Date.now() },
          random: () => 0,
          drain: drain.signal,
          onDown: () => {},
        });
        const order: number[] = [];
        const blocker = lane.call({ itemId: "blocker" }, () => new Promise((resolve) => setTimeout(resolve, 10)));
        const calls = since.map((sinceMs, n) => lane.call({ itemId: `${n}`, sinceMs }, () => order.push(sinceMs)));
        await vi.advanceTimersByTimeAsync(20);
        await Promise.all([blocker, ...calls]);
        expect(order).toEqual(since.toSorted((a, b) => a - b));
      }),
      { numRuns: runs(50) },
    );
  });
});
