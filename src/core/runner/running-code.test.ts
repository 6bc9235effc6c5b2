import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../../../test/until.ts";
import { currentCall, describePlace, inPlace, RunningCode, type CodePlace } from "./running-code.ts";

const place = (itemId: string): CodePlace => ({ kind: "step", phase: "work", step: "look", itemId });
const never = new Promise<never>(() => {});
afterEach(() => vi.restoreAllMocks());

describe("running code", () => {
  it("is known by its place while it has not settled, and its results and errors pass through", async () => {
    const running = new RunningCode();
    const kept = running.run(place("a"), async () => 1);
    void running.run(place("b"), () => never);
    expect(running.places()).toEqual([place("a"), place("b")]);
    expect(await kept).toBe(1);
    await expect(
      running.run(place("c"), async () => {
        throw new RangeError("own");
      }),
    ).rejects.toThrow(RangeError);
    expect(running.places()).toEqual([place("b")]);
  });

  it("owns what it started and does not wait for, also later and in timers", async () => {
    const running = new RunningCode();
    const seen: unknown[] = [];
    const look = (): void => void seen.push(currentCall()?.place);
    await running.run(place("a"), async () => {
      queueMicrotask(look);
      setTimeout(look, 1);
    });
    await until(() => seen.length === 2);
    expect(seen).toEqual([place("a"), place("a")]);
    expect(currentCall()).toBeUndefined();
  });

  it("fails by an error that escaped from it, once, and not when it has ended", async () => {
    const running = new RunningCode();
    const calls: ReturnType<typeof currentCall>[] = [];
    const keepCall = (): void => void calls.push(currentCall());
    const hanging = running.run(place("a"), () => {
      keepCall();
      return never;
    });
    const error = new Error("kelp is torn");
    expect(calls[0]?.fail(error)).toBe(true);
    expect(calls[0]?.fail(error)).toBe(false);
    await expect(hanging).rejects.toMatchObject({ kind: "bug", cause: error });
    expect(running.places()).toEqual([]);

    await running.run(place("b"), async () => keepCall());
    expect(calls[1]?.fail(error)).toBe(false);
    expect(inPlace(place("c"), () => currentCall()?.fail(error))).toBe(false);
  });

  it.each([
    [1_999, 0],
    [2_000, 1],
    [8_000, 1],
  ])("that gives the event loop back after %i ms is reported %i times", async (ms, times) => {
    const onBlocked = vi.fn();
    vi.spyOn(performance, "now")
      .mockReturnValueOnce(100)
      .mockReturnValueOnce(100 + ms);
    await new RunningCode(onBlocked).run(place("a"), async () => {});
    expect(onBlocked).toHaveBeenCalledTimes(times);
    if (times > 0) expect(onBlocked).toHaveBeenCalledWith({ place: place("a"), ms });
  });

  it.each<[CodePlace, string]>([
    [place('a "b"'), String.raw`step "look" of item "a \"b\""`],
    [{ kind: "source", phase: "work", source: "list" }, 'source "list" of phase "work"'],
    [{ kind: "listener", listener: "onEvent" }, "the listener `onEvent`"],
  ])("has a place in words: %j", (where, words) => {
    expect(describePlace(where)).toBe(words);
  });
});
