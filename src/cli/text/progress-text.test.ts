import { describe, expect, it } from "vitest";
import { NO_ITEMS } from "../../core/session/index.ts";
import { progressText, type ProgressState } from "./progress-text.ts";

const state = (over: Partial<ProgressState>): ProgressState => ({
  counts: { ...NO_ITEMS, completed: 100, skipped: 20 },
  partsEnded: 0,
  total: 480,
  endedNow: 120,
  elapsedMs: 185_000,
  waitsFor: undefined,
  ...over,
});

describe("progressText", () => {
  it.each([
    ["a run on its way", {}, "120 of 480 items, 100 done, 20 skipped; 3 min 5 s, 39 a minute, about 9 min 15 s to go"],
    ["a run that has just begun", { elapsedMs: 4_000 }, "120 of 480 items, 100 done, 20 skipped; 4 s"],
    ["a run that went on with a session", { endedNow: 2 }, "120 of 480 items, 100 done, 20 skipped; 3 min 5 s"],
    [
      "a source that does not know its end",
      { total: undefined },
      "120 items, 100 done, 20 skipped; 3 min 5 s, 39 a minute",
    ],
    [
      "a chat that is worked on in parts",
      { counts: NO_ITEMS, partsEnded: 12, total: 1, endedNow: 0 },
      "0 of 1 items, 12 parts of longer ones; 3 min 5 s",
    ],
    ["more items than elements", { total: 100 }, "120 items, 100 done, 20 skipped; 3 min 5 s, 39 a minute"],
    [
      "an API that is away: how long it takes is not known",
      { waitsFor: "ollama" },
      "120 of 480 items, 100 done, 20 skipped; 3 min 5 s, 39 a minute; waits for ollama",
    ],
    [
      "a slow run",
      { endedNow: 6, elapsedMs: 3_600_000, total: 120 },
      "120 of 120 items, 100 done, 20 skipped; 1 h 0 min, 6.0 an hour",
    ],
  ])("tells of %s", (_, over, text) => {
    expect(progressText(state(over))).toBe(text);
  });
});
