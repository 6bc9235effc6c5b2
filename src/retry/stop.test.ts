import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  reasonToStop,
  stopAfterAttempt,
  stopAfterDelay,
  stopAll,
  stopAny,
  stopBeforeDelay,
  stopNever,
  type StopStrategy,
  stopWhenAborted,
} from "./stop.ts";
import { retryState } from "./testing/index.ts";

const always: StopStrategy = () => true;

describe("stop strategies", () => {
  test("stopNever never stops", () => {
    expect(stopNever(retryState({ attemptNumber: 1_000_000, elapsedMs: Infinity }))).toBe(false);
  });

  test("stopAfterAttempt(3) stops after the third call", () => {
    const stops = [1, 2, 3, 4].map((attemptNumber) => stopAfterAttempt(3)(retryState({ attemptNumber })));
    expect(stops).toEqual([false, false, true, true]);
  });

  test("stopAfterDelay compares exactly with the time since the start", () => {
    const stops = [999.9, 1000, 1000.1].map((elapsedMs) => stopAfterDelay("1s")(retryState({ elapsedMs })));
    expect(stops).toEqual([false, true, true]);
  });

  test("stopBeforeDelay counts the coming sleep", () => {
    const stop = stopBeforeDelay("1s");
    expect(stop(retryState({ elapsedMs: 600, upcomingSleepMs: 399 }))).toBe(false);
    expect(stop(retryState({ elapsedMs: 600, upcomingSleepMs: 400 }))).toBe(true);
  });

  test("stopWhenAborted looks at its signal each time", () => {
    const controller = new AbortController();
    const stop = stopWhenAborted(controller.signal);
    expect(stop(retryState())).toBe(false);
    controller.abort();
    expect(stop(retryState())).toBe(true);
  });

  test("stopAny is OR and stopAll is AND, of any strategies", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (answers) => {
        const stops = answers.map((answer) => () => answer);
        expect(stopAny(...stops)(retryState())).toBe(answers.some(Boolean));
        expect(stopAll(...stops)(retryState())).toBe(answers.every(Boolean));
      }),
    );
  });

  test("each strategy is asked once, and none after the answer is clear", () => {
    const asked: string[] = [];
    const asking = (name: string, answer: boolean): StopStrategy => {
      return () => {
        asked.push(name);
        return answer;
      };
    };
    expect(stopAny(asking("a", false), asking("b", true), asking("c", true))(retryState())).toBe(true);
    expect(stopAll(asking("d", true), asking("e", false), asking("f", true))(retryState())).toBe(false);
    expect(asked).toEqual(["a", "b", "d", "e"]);
  });

  test.each<[string, StopStrategy, string | undefined]>([
    ["an attempt limit", stopAfterAttempt(1), "attempts"],
    ["a delay", stopAfterDelay(0), "deadline"],
    ["a delay before the next attempt", stopBeforeDelay(0), "deadline"],
    ["an aborted signal", stopWhenAborted(AbortSignal.abort()), "aborted"],
    ["a function of one's own", always, "stopped"],
    ["the first that stops", stopAny(stopNever, stopAfterDelay(0), stopAfterAttempt(1)), "deadline"],
    ["the last of all", stopAll(stopAfterAttempt(1), stopAfterDelay(0)), "deadline"],
    ["nothing", stopAll(stopAfterAttempt(1), stopNever), undefined],
  ])("the reason for stopping is told: %s", (_, stop, reason) => {
    expect(reasonToStop(stop, retryState())).toBe(reason);
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])("stopAfterAttempt refuses %s", (count) => {
    expect(() => stopAfterAttempt(count)).toThrow("Expected `stopAfterAttempt` to be an integer >= 1");
  });

  test("the delays refuse what is no duration, by name", () => {
    expect(() => stopAfterDelay(-1)).toThrow("`stopAfterDelay`");
    expect(() => stopBeforeDelay(Number.NaN)).toThrow("`stopBeforeDelay`");
  });
});
