import { beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../retry/testing/index.ts";
import { HoldfastError, WorkspaceBusyError } from "../failure/index.ts";
import { RunControl } from "./run-control.ts";
import type { WorkspaceWaits } from "./waiting-line.ts";
import { MOST_BUSY_MS, readAnswer, whileBusy } from "./while-busy.ts";

const busy = new WorkspaceBusyError("workspace.db", new Error("database is locked"));
const full = new HoldfastError("write_failed", "The disk is full.");

let clock: FakeClock;
let control: RunControl;
let waits: WorkspaceWaits;
let tries: number;
beforeEach(() => {
  clock = new FakeClock();
  control = new RunControl();
  waits = { clock, drain: control.drain };
  tries = 0;
});

/** Work that fails with `fault` until that time. */
const until = (ms: number, fault: Error) => (): string => {
  tries += 1;
  if (clock.now() < ms) throw fault;
  return "done";
};
const options = () => ({ waits });

describe("work on a workspace that another process has locked", () => {
  it.each([
    { what: "is free", ms: 0, fault: busy, ends: "done", most: 0 },
    { what: "is locked for half a minute", ms: 30_000, fault: busy, ends: "done", most: 31_000 },
    { what: "stays locked", ms: Infinity, fault: busy, ends: busy, most: MOST_BUSY_MS + 1_000 },
    { what: "has another fault", ms: Infinity, fault: full, ends: full, most: 0 },
  ])("is done when it is free, and only then done again: it $what", async ({ ms, fault, ends, most }) => {
    expect(await whileBusy(until(ms, fault), options()).catch((error: unknown) => error)).toBe(ends);
    expect(clock.now()).toBeLessThanOrEqual(most);
    expect(tries).toBeLessThan(150);
  });

  it("ends with a run that drains", async () => {
    void clock.startTimer(() => control.stop({ kind: "user", message: "stop" }), 5_000);
    await expect(whileBusy(until(Infinity, busy), options())).rejects.toMatchObject({ kind: "cancelled" });
    expect(clock.now()).toBe(5_000);
  });

  it("is looked at by one of many at a time, and done by all soon after it is free", async () => {
    const ends = Array.from({ length: 200 }, () => whileBusy(until(60_000, busy), options()));
    // Each has looked when it came.
    expect(tries).toBeLessThanOrEqual(200);
    const before = tries;
    await clock.sleep(59_999);
    expect(tries - before).toBeLessThan(70);
    // Who comes meanwhile waits with them.
    ends.push(whileBusy(until(60_000, busy), options()));
    expect(tries - before).toBeLessThan(70);
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 201 }, () => "done"));
    expect(clock.now()).toBeLessThanOrEqual(61_000);
  });

  it("ends for each of many when its time is over, or with the run", async () => {
    const ends = Promise.allSettled(Array.from({ length: 50 }, () => whileBusy(until(Infinity, busy), options())));
    await clock.sleep(60_000);
    const later = Promise.allSettled([whileBusy(until(Infinity, busy), options())]);
    expect(new Set((await ends).map((end) => end.status === "rejected" && end.reason))).toEqual(new Set([busy]));
    expect(clock.now()).toBeLessThanOrEqual(MOST_BUSY_MS + 1_000);
    control.stop({ kind: "user", message: "stop" });
    expect(await later).toMatchObject([{ reason: { kind: "cancelled" } }]);
  });

  it("counts as no answer when it was read for too long, and as a fault when it cannot be read", async () => {
    expect(readAnswer(until(0, busy), waits)).toBe("done");
    expect(await readAnswer(until(10_000, busy), waits)).toBe("done");
    expect(await readAnswer(until(Infinity, busy), waits)).toBeUndefined();
    expect(() => readAnswer(until(Infinity, full), waits)).toThrow(full);
  });
});

it("a busy workspace is a fault that a person can act on, and no other fault is one", () => {
  expect(busy).toBeInstanceOf(HoldfastError);
  expect(full).not.toBeInstanceOf(WorkspaceBusyError);
  expect(busy).toMatchObject({ code: "write_failed", hint: expect.stringContaining("Close the program") });
});
