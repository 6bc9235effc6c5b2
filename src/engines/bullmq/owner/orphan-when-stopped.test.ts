import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { memoryState } from "../queue/fixtures/memory-state.ts";
import { orphanReasonOf } from "../queue/orphaned-session.ts";
import { presenceKey, thisProcess } from "../queue/presence.ts";
import { claimFor } from "./claim-session.ts";
import { memoryRun } from "./fixtures/memory-jobs.ts";
import { orphanWhenStopped } from "./orphan-when-stopped.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it.each([
  { what: "has no owner when its run is stopped", isTaken: false, isHalted: false, mark: "stopped" },
  { what: "has no owner when its run is halted", isTaken: false, isHalted: true, mark: "stopped" },
  { what: "has one when another process has taken it over", isTaken: true, isHalted: false, mark: undefined },
  { what: "has one also when the one that lost it is halted", isTaken: true, isHalted: true, mark: undefined },
])("a session $what", async ({ isTaken, isHalted, mark }) => {
  const { run } = memoryRun();
  const state = memoryState();
  const claim = await claimFor(run, state);
  if (!claim) throw new Error("It was not claimed.");
  const orphaned = await orphanWhenStopped(run, claim, state);
  if (isTaken) {
    const self = { role: "owner", pipeline: "docs", version: "v1", modelId: "none", id: run.identity } as const;
    await state.put(
      presenceKey(self),
      JSON.stringify({ ...self, ...thisProcess(), host: "elsewhere", token: "other" }),
    );
    await vi.advanceTimersByTimeAsync(4_000);
    expect(run.control.stopping).toBe(true);
  } else run.control.stop({ kind: "user", message: "stop" });
  if (isHalted) run.control.haltNow({ kind: "user", message: "stop" });
  await orphaned[Symbol.asyncDispose]();
  await claim[Symbol.asyncDispose]();
  expect(await orphanReasonOf(run.identity, state)).toBe(mark);
});
