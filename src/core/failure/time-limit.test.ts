import { expect, it } from "vitest";
import type { Duration } from "../../retry/index.ts";
import { raisedLimit, timeLimitIn, timeLimitText, type TimeLimit } from "./time-limit.ts";

const LIMITS: readonly TimeLimit[] = (["stepTimeout", "attemptTimeout"] as const).flatMap((limit) =>
  [true, false].flatMap((isOfStep) =>
    (["90s", "1.5m", "250ms", "8h"] as const).map((duration) => ({ limit, isOfStep, duration })),
  ),
);

it.each(LIMITS)("is found again in what is said of it: %o", (limit) => {
  for (const [step, attempt] of [
    ["ask", 1],
    ['a "quoted"\nname', 12],
  ] as const) {
    expect(timeLimitIn(timeLimitText({ ...limit, step, attempt }))).toEqual(limit);
  }
});

it("of a bare number is said with its unit", () => {
  const met = { limit: "stepTimeout", isOfStep: false, duration: 1_500, step: "ask", attempt: 2 } as const;
  expect(timeLimitIn(timeLimitText(met))?.duration).toBe("1.5s");
});

it.each([
  "",
  "The server did not answer within 30s.",
  'Step "ask" did not end within 30s',
  'HTTP 503: Step "ask" did not end within 30s. Raise `stepTimeout` it says',
])("is none in %j", (message) => {
  expect(timeLimitIn(message)).toBeUndefined();
});

it.each<[Duration, Duration]>([
  ["90s", "180s"],
  ["1.5m", "3m"],
  ["0.25s", "0.5s"],
  ["8h", "16h"],
  [2_000, 4_000],
])("of %s is raised to %s", (from, to) => {
  expect(raisedLimit(from)).toBe(to);
});
