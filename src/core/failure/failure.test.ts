import { describe, expect, it } from "vitest";
import { ConnectionError, TimeoutError } from "../../retry/index.ts";
import { FAILURES, StepError, classifyFailure, type FailureKind } from "./failure.ts";

const withStatus = (status: number): Error => Object.assign(new Error(`HTTP ${status}`), { status });
const coded = (code: string): Error => Object.assign(new Error(code), { code });

describe("classifyFailure", () => {
  const cases: readonly (readonly [string, unknown, FailureKind])[] = [
    ["an error that says what it is", new StepError("quota", "no money"), "quota"],
    ["a connection error", new ConnectionError("reset"), "transient"],
    ["the platform's connection error", coded("ECONNRESET"), "transient"],
    ["a timeout", new TimeoutError("late"), "transient"],
    ["a bug", new TypeError("x is not a function"), "bug"],
    ["a bug", new ReferenceError("x is not defined"), "bug"],
    [
      "fetch's TypeError for a network fault",
      new TypeError("fetch failed", { cause: coded("ECONNREFUSED") }),
      "transient",
    ],
    ["an error of the item", new Error("no date"), "input"],
    ["a string", "thrown", "input"],
    ["undefined", undefined, "input"],
    ["401", withStatus(401), "auth"],
    ["402", withStatus(402), "quota"],
    ["403 of one item", withStatus(403), "input"],
    ["404 of one item", withStatus(404), "input"],
    ["408", withStatus(408), "transient"],
    ["413", withStatus(413), "input_too_long"],
    ["422", withStatus(422), "input"],
    ["429", withStatus(429), "rate_limit"],
    ["500", withStatus(500), "transient"],
    ["501", withStatus(501), "input"],
    ["503 in statusCode", Object.assign(new Error(), { statusCode: 503 }), "transient"],
    ["503 in response.status", Object.assign(new Error(), { response: { status: 503 } }), "transient"],
    ["a null response", Object.assign(new Error(), { response: null }), "input"],
  ];
  it.each(cases)("takes %s (%o) for %s", (_, error, kind) => {
    expect(classifyFailure(error)).toBe(kind);
  });

  it("knows for every kind what it does and what it means", () => {
    for (const { does, means } of Object.values(FAILURES)) {
      expect(["retry", "reask", "pause", "stop", "fail", "release"]).toContain(does);
      expect(means).not.toBe("");
    }
  });
});
