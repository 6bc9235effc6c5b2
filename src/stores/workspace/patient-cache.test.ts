import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HoldfastError, WorkspaceBusyError } from "../../core/failure/index.ts";
import { startTimer } from "../../retry/time/index.ts";
import { patientCache, type PatientCache } from "./patient-cache.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const busy = (): Error => new WorkspaceBusyError("workspace.db", new Error("database is locked"));
const full = (): Error => new HoldfastError("write_failed", "Could not write the workspace: the disk is full.");

/** A cache whose writes end as the test says. */
function newCache() {
  const kept = new Map<string, string>();
  const said: string[] = [];
  const faults: { next: (() => Error) | undefined } = { next: undefined };
  let tries = 0;
  const cache = patientCache(
    {
      get: (key) => kept.get(key),
      set(key, _step, output) {
        tries += 1;
        if (faults.next) throw faults.next();
        kept.set(key, output);
      },
    },
    { now: () => performance.now(), startTimer, onFault: (message) => said.push(message) },
  );
  return { cache, kept, said, faults, tries: () => tries };
}

describe("an answer that was paid for", () => {
  it.each([
    { what: "is free", fault: undefined, forMs: 0, keeps: true, says: 0 },
    { what: "is locked for half a minute", fault: busy, forMs: 30_000, keeps: true, says: 0 },
    { what: "stays locked", fault: busy, forMs: 600_000, keeps: false, says: 1 },
    { what: "cannot be written", fault: full, forMs: 600_000, keeps: false, says: 1 },
  ])("never ends a run when its cache $what", async ({ fault, forMs, keeps, says }) => {
    const { cache, kept, said, faults } = newCache();
    faults.next = fault;
    const keys = ["a", "b", "c"];
    for (const key of keys) cache.set(key, "ask", key.toUpperCase());
    // Only what is locked is tried again.
    expect(keys.filter((key) => cache.stored?.(key) !== undefined)).toEqual(fault === busy ? keys : []);
    // Of this process it is known at once, where it waits to be written.
    if (keeps) expect(keys.map((key) => cache.get(key))).toEqual(["A", "B", "C"]);
    await vi.advanceTimersByTimeAsync(forMs);
    faults.next = undefined;
    await vi.advanceTimersByTimeAsync(2_000);
    expect([...kept.keys()]).toEqual(keeps ? keys : []);
    expect(said).toHaveLength(says);
    if (says > 0) expect(said[0]).toContain("The run goes on without it: the answers are in this session");
    // It is tried again with the next one.
    cache.set("d", "ask", "D");
    expect(kept.get("d")).toBe("D");
  });

  it("is written when the run ends, if it can be by then", () => {
    const { cache, kept, said, faults } = newCache();
    faults.next = busy;
    for (const key of ["a", "b"]) cache.set(key, "ask", key);
    faults.next = undefined;
    cache[Symbol.dispose]();
    expect([...kept.keys()]).toEqual(["a", "b"]);
    expect(said).toEqual([]);
  });

  it("is said to be missing when the run ends and it still cannot", async () => {
    const { cache, said, faults, tries } = newCache();
    faults.next = busy;
    for (const key of ["a", "b"]) cache.set(key, "ask", key);
    cache[Symbol.dispose]();
    expect(said).toHaveLength(1);
    const before = tries();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries()).toBe(before);
  });

  it("does not ask a locked database for each of many", () => {
    const { cache, faults, tries } = newCache();
    faults.next = busy;
    for (let n = 0; n < 1_000; n += 1) cache.set(`key ${n}`, "ask", "x");
    expect(tries()).toBe(1);
  });

  it.each<{ readonly when: string; readonly meanwhile: (cache: PatientCache) => unknown; readonly most: number }>([
    { when: "at the end of a run", meanwhile: (cache) => cache[Symbol.dispose](), most: 2 },
    {
      when: "once they have waited for long enough, a second at a time",
      meanwhile: () => vi.advanceTimersByTimeAsync(130_000),
      most: 150,
    },
    {
      when: "when more come all the time",
      async meanwhile(cache) {
        for (let second = 0; second < 240; second += 1) {
          for (let n = 0; n < 50; n += 1) cache.set(`later ${second} ${n}`, "ask", "x");
          await vi.advanceTimersByTimeAsync(1_000);
        }
      },
      most: 300,
    },
  ])("does not ask a database that stays locked for each of many either $when", async ({ meanwhile, most }) => {
    const { cache, faults, tries, said } = newCache();
    faults.next = busy;
    for (let n = 0; n < 1_000; n += 1) cache.set(`key ${n}`, "ask", "x");
    await meanwhile(cache);
    expect(said).toHaveLength(1);
    // Each try holds up the event loop for as long as SQLite waits.
    expect(tries()).toBeLessThanOrEqual(most);
  });

  it("is written with others a few at a time, since each waits for the disk, and all at once at the end", async () => {
    const { cache, faults, kept } = newCache();
    faults.next = busy;
    for (let n = 0; n < 1_000; n += 1) cache.set(`key ${n}`, "ask", "x");
    faults.next = undefined;
    const before = kept.size;
    vi.advanceTimersToNextTimer();
    expect(kept.size - before).toBeLessThanOrEqual(50);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(kept.size).toBe(1_000);
  });

  it("is given up when too much waits, the oldest first", () => {
    const { cache, faults, said, tries } = newCache();
    faults.next = busy;
    const megabyte = "x".repeat(1024 * 1024);
    for (let n = 0; n < 66; n += 1) cache.set(`key ${n}`, "ask", megabyte);
    expect(Array.from({ length: 66 }, (_, n) => cache.get(`key ${n}`)).findIndex((text) => text !== undefined)).toBe(2);
    expect(said).toHaveLength(1);
    expect(tries()).toBe(1);
  });
});
