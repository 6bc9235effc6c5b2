import { hostname } from "node:os";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sharedStateWith } from "../queue/fixtures/shared-state.ts";
import { assertOnlyOwner } from "./claim-session.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const IDENTITY = "0123456789abcdef0123456789abcdef";

interface Listed {
  readonly id?: string;
  readonly host: string;
  readonly pid: number;
  /** When its record is gone. Milliseconds. */
  readonly goneAfterMs?: number;
}

interface Case {
  readonly what: string;
  readonly listed: readonly Listed[];
  readonly ends: "at once" | "after a wait" | "refused";
}

const CASES: readonly Case[] = [
  { what: "nobody", listed: [], ends: "at once" },
  { what: "another session", listed: [{ id: "f".repeat(32), host: "elsewhere", pid: 7 }], ends: "at once" },
  { what: "a dead process of this machine", listed: [{ host: hostname(), pid: 7 }], ends: "at once" },
  { what: "a living process of this machine", listed: [{ host: hostname(), pid: 1 }], ends: "refused" },
  {
    what: "an owner elsewhere that died",
    listed: [{ host: "elsewhere", pid: 7, goneAfterMs: 9_900 }],
    ends: "after a wait",
  },
  { what: "an owner elsewhere that lives", listed: [{ host: "elsewhere", pid: 7 }], ends: "refused" },
];

describe("an owner at a queue", () => {
  it.each(CASES)("that finds $what is let in, or not: $ends", async ({ listed, ends }) => {
    const startedAt = Date.now();
    const said: string[] = [];
    const state = sharedStateWith({
      list: async () =>
        listed
          .filter(({ goneAfterMs = Infinity }) => Date.now() - startedAt < goneAfterMs)
          .map(({ id = IDENTITY, host, pid }) =>
            JSON.stringify({ role: "owner", pipeline: "docs", version: "v1", modelId: "none", id, host, pid }),
          ),
    });
    const claim = assertOnlyOwner({
      pipeline: "docs",
      identity: IDENTITY,
      sessionId: "20260119_143052",
      state,
      drain: new AbortController().signal,
      say: (message) => said.push(message),
      isAlive: (pid) => pid === 1,
    }).then(
      () => (Date.now() === startedAt ? "at once" : "after a wait"),
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(20_000);
    const end = await claim;
    if (ends === "refused") {
      expect(end).toMatchObject({
        code: "session_locked",
        message: expect.stringContaining("one of the two is a copy"),
      });
    } else expect(end).toBe(ends);
    expect(said).toHaveLength(ends === "at once" ? 0 : 1);
  });
});
