import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cancelKeyOf } from "../queue/job.ts";
import { CancelWatch } from "./cancel-watch.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const PLACE = { phase: "notes", itemId: "item" };

/** A watch, beside a state that has the word of an owner or not. */
function newWatch(get: (key: string) => Promise<string | undefined>) {
  const log: string[] = [];
  const watch = new CancelWatch({
    get: (key) => {
      log.push("asked");
      return get(key);
    },
  });
  const cancel = (): void => void log.push("cancelled");
  return { log, watch, cancel };
}

const cancelled = async (key: string): Promise<string | undefined> => (key === cancelKeyOf("job") ? "yes" : undefined);

describe("a worker that has a job", () => {
  it.each([
    ["that nobody had before asks nobody first", false, ["work"]],
    [
      "that a worker had before asks whether it was cancelled, and only then goes on",
      true,
      ["asked", "cancelled", "work"],
    ],
  ])("%s", async (_what, isBegun, expected) => {
    const { log, watch, cancel } = newWatch(cancelled);
    await watch.during("job", { place: PLACE, cancel, isBegun }, async () => void log.push("work"));
    expect(log).toEqual(expected);
    watch[Symbol.dispose]();
  });

  it("goes on when nobody answers, and asks again", async () => {
    const { log, watch, cancel } = newWatch(() => Promise.reject(new Error("away")));
    const done = watch.during("job", { place: PLACE, cancel, isBegun: true }, async () => {
      log.push("work");
      await new Promise((resolve) => void setTimeout(resolve, 2_500));
    });
    await vi.advanceTimersByTimeAsync(3_000);
    await done;
    expect(log.slice(0, 3)).toEqual(["asked", "work", "asked"]);
    watch[Symbol.dispose]();
  });

  it("hears of it a moment later when it takes long", async () => {
    const { log, watch, cancel } = newWatch(cancelled);
    const done = watch.during(
      "job",
      { place: PLACE, cancel },
      () => new Promise((resolve) => void setTimeout(resolve, 2_500)),
    );
    await vi.advanceTimersByTimeAsync(3_000);
    await done;
    expect(log.slice(0, 2)).toEqual(["asked", "cancelled"]);
    watch[Symbol.dispose]();
  });
});
