import { describe, expect, it } from "vitest";
import { FakeClock } from "../../retry/testing/index.ts";
import { NotSent } from "../failure/index.ts";
import { Lane, resolveLaneLimits } from "./index.ts";

const notSent = (): Promise<never> => Promise.reject(new NotSent("not needed"));

function newLane(limits: Parameters<typeof resolveLaneLimits>[0]) {
  const clock = new FakeClock();
  const events: string[] = [];
  const lane = new Lane("api", resolveLaneLimits(limits), {
    clock,
    random: () => 0,
    drain: new AbortController().signal,
    onDown: () => {},
    onEvent: ({ change }) => events.push(change),
  });
  return { clock, lane, events };
}

describe("work that a lane let in and that sent nothing", () => {
  it("ends at once, and leaves its tokens to others", async () => {
    const { clock, lane } = newLane({ tokens: [{ limit: 100, per: "1h" }] });
    const tokens = { known: 100, guessed: 0 };
    await expect(lane.call({ itemId: "a", tokens }, notSent)).rejects.toThrow(NotSent);
    expect(await lane.call({ itemId: "b", tokens }, () => "answer")).toBe("answer");
    expect(clock.now()).toBe(0);
  });

  it("says nothing of the API", async () => {
    const { lane, events } = newLane({ concurrency: 4 });
    const ends = Array.from({ length: 40 }, (_, n) => lane.call({ itemId: `i${n}` }, notSent));
    expect((await Promise.allSettled(ends)).every(({ status }) => status === "rejected")).toBe(true);
    expect(events).toEqual([]);
    expect(await lane.call({ itemId: "b" }, () => "answer")).toBe("answer");
  });
});
