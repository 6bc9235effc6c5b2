import { describe, expect, it } from "vitest";
import { classifyFailure, StepError } from "../../failure/index.ts";
import { ConnectionError, TimeoutError } from "../../../retry/index.ts";
import { isUnansweredEnd, type FailedEnd } from "./step-end.ts";

const reset = Object.assign(new Error("read"), { code: "ECONNRESET" });
const cut = new ConnectionError("cut after the charge");
const down = new StepError("transient", "503");
const wrong = new StepError("input", "400");

const endOf = (...errors: readonly Error[]): FailedEnd => {
  const error = errors.at(-1);
  return {
    kind: "failed",
    failure: classifyFailure(error),
    error,
    failedAttempts: errors.map((one, n) => ({ attempt: n + 1, kind: classifyFailure(one), error: one, at: n })),
  };
};

describe("a step that failed", () => {
  it.each<[string, FailedEnd, boolean]>([
    ["with a connection that broke", endOf(cut), true],
    ["with no answer in time", endOf(new TimeoutError("30 s")), true],
    ["as fetch does when the connection breaks", endOf(new TypeError("fetch failed", { cause: reset })), true],
    ["with an adapter's word for that", endOf(new StepError("transient", "no answer", { cause: cut })), true],
    ["with no answer at first, and then with the answer that it is down", endOf(cut, down), true],
    ["with the answer that it is down", endOf(down), false],
    ["with no answer at first, and then with the answer that the item is wrong", endOf(cut, wrong), false],
    ["with an answer that the item is wrong", endOf(wrong), false],
    ["with a bug", endOf(new TypeError("x is not a function")), false],
    ["elsewhere, with no answer", { ...endOf(down), unanswered: true }, true],
    ["elsewhere, with an answer", { ...endOf(cut), unanswered: false }, false],
  ])("%s may have been done, or not: its retry repeats the call, or makes a new one", (_, end, isUnanswered) => {
    expect(isUnansweredEnd(end)).toBe(isUnanswered);
  });
});
