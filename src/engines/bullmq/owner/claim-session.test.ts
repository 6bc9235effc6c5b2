import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import { listPresent, presenceKey, thisProcess, type Participant } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { claimSession, type ClaimOptions } from "./claim-session.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const IDENTITY = "0123456789abcdef0123456789abcdef";
const self: Participant = { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id: IDENTITY };

interface Claimed {
  readonly said: string[];
  readonly lost: string[];
  /** Whether it was let in, and after how long; or its error. */
  readonly end: Promise<unknown>;
  readonly claim: Promise<AsyncDisposable | undefined>;
}

function claimIn(state: SharedState, given: Partial<ClaimOptions> = {}): Claimed {
  const startedAt = Date.now();
  const [said, lost]: [string[], string[]] = [[], []];
  const claim = claimSession({
    self,
    sessionId: "20260119_143052",
    state,
    drain: new AbortController().signal,
    say: (message) => said.push(message),
    isAlive: (pid) => pid === 1,
    onLost: (message) => lost.push(message),
    ...given,
  });
  const end = claim.then(
    (held) => (held === undefined ? "not at all" : Date.now() === startedAt ? "at once" : "after a wait"),
    (error: unknown) => error,
  );
  return { said, lost, end, claim: claim.catch(() => undefined) };
}

const record = (given: object): string => JSON.stringify({ ...self, ...given });

interface Case {
  readonly what: string;
  readonly there?: string;
  /** When its record is gone. Milliseconds. */
  readonly goneAfterMs?: number;
  readonly ends: "at once" | "after a wait" | "refused";
}

const CASES: readonly Case[] = [
  { what: "nobody", ends: "at once" },
  { what: "what is no participant", there: "no JSON", ends: "at once" },
  { what: "a dead process of this machine", there: record({ ...thisProcess(), pid: 7 }), ends: "at once" },
  { what: "a living process of this machine", there: record({ ...thisProcess(), pid: 1 }), ends: "refused" },
  {
    what: "an owner of an earlier process of this number, as in a container that was started again",
    there: record({ ...thisProcess(), token: "another" }),
    goneAfterMs: 9_900,
    ends: "after a wait",
  },
  {
    what: "a living owner of this host's name and this number, as in two containers",
    there: record({ ...thisProcess(), token: "another" }),
    ends: "refused",
  },
  {
    what: "an owner in another container of this host's name, whose number nobody has here",
    there: record({ ...thisProcess(), pid: 7, pids: "pid:[1]" }),
    ends: "refused",
  },
  {
    what: "an owner elsewhere that died",
    there: record({ host: "elsewhere", pid: 7 }),
    goneAfterMs: 9_900,
    ends: "after a wait",
  },
  { what: "an owner elsewhere that lives", there: record({ host: "elsewhere", pid: 7 }), ends: "refused" },
];

describe("an owner at a queue", () => {
  it.each(CASES)("that finds $what is let in, or not: $ends", async ({ there, goneAfterMs, ends }) => {
    const state = memoryState();
    if (there !== undefined) await state.put(presenceKey(self), there, { ...(goneAfterMs && { ttlMs: goneAfterMs }) });
    const { said, end } = claimIn(state);
    await vi.advanceTimersByTimeAsync(20_000);
    if (ends === "refused") {
      expect(await end).toMatchObject({
        code: "session_locked",
        message: expect.stringContaining("one of the two is a copy"),
      });
    } else expect(await end).toBe(ends);
    expect(said).toHaveLength(ends === "at once" ? 0 : 1);
  });

  it("is listed as present until it leaves, and lets the next one in", async () => {
    const state = memoryState();
    const { claim } = claimIn(state);
    const held = await claim;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await listPresent("owner", "docs", state)).toMatchObject([{ id: IDENTITY, pid: process.pid }]);
    const next = claimIn(state);
    await vi.advanceTimersByTimeAsync(2_000);
    await held?.[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await next.end).toBe("after a wait");
  });

  it("does not wait on when it is told to stop", async () => {
    const state = memoryState();
    await state.put(presenceKey(self), record({ host: "elsewhere", pid: 7 }));
    const stop = new AbortController();
    const { end } = claimIn(state, { drain: stop.signal });
    await vi.advanceTimersByTimeAsync(1_000);
    stop.abort();
    expect(await end).toBe("not at all");
    expect(await state.get(presenceKey(self))).toBe(record({ host: "elsewhere", pid: 7 }));
  });

  it("says so when another one took its place while it could not be heard, and leaves that one alone", async () => {
    const state = memoryState();
    let isCutOff = false;
    const swap: SharedState["swap"] = (...given) =>
      isCutOff ? Promise.reject(new Error("cut off")) : state.swap(...given);
    const first = claimIn({ ...state, swap });
    await first.claim;
    isCutOff = true;
    await vi.advanceTimersByTimeAsync(11_000);
    const second = claimIn(state);
    expect(await second.end).toBe("at once");
    isCutOff = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(first.lost).toEqual([expect.stringContaining("has gone on with session 20260119_143052")]);
    await (await first.claim)?.[Symbol.asyncDispose]();
    expect(await listPresent("owner", "docs", state)).toHaveLength(1);
    expect(second.lost).toEqual([]);
  });

  it("is there again when its record expired while nobody else came", async () => {
    const state = memoryState();
    const { claim, lost } = claimIn(state);
    await claim;
    await state.remove([presenceKey(self)]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await listPresent("owner", "docs", state)).toHaveLength(1);
    expect(lost).toEqual([]);
  });
});

describe("owners that come at the same moment", () => {
  // How long each of them is on its way to the database, and back.
  it.each<{ readonly what: string; readonly ways: readonly (readonly [there: number, back: number])[] }>([
    {
      what: "in step",
      ways: [
        [0, 0],
        [0, 0],
      ],
    },
    {
      what: "one late on its way there",
      ways: [
        [0, 0],
        [5, 0],
      ],
    },
    {
      what: "one slow to hear",
      ways: [
        [0, 50],
        [5, 0],
      ],
    },
    {
      what: "both slow",
      ways: [
        [20, 30],
        [25, 1],
      ],
    },
    {
      what: "three",
      ways: [
        [3, 3],
        [3, 3],
        [3, 3],
      ],
    },
  ])("are let in one at a time: $what", async ({ ways }) => {
    const state = memoryState();
    const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
    const claims = ways.map(([there, back]) =>
      claimIn({
        ...state,
        async swap(...given) {
          await pause(there);
          const found = await state.swap(...given);
          await pause(back);
          return found;
        },
      }),
    );
    await vi.advanceTimersByTimeAsync(30_000);
    const ends = await Promise.all(claims.map(({ end }) => end));
    expect(ends.filter((end) => typeof end === "string")).toHaveLength(1);
    expect(ends.filter((end) => end instanceof Error)).toHaveLength(ways.length - 1);
  });
});
