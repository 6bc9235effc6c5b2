import { expect, test } from "vitest";
import { stepRangesOf } from "./step-ranges.ts";

const remote = { cache: false, ownerOnly: false };
const cached = { cache: true, ownerOnly: false };
const local = { cache: false, ownerOnly: true };

test.each([
  ["none", [], []],
  ["steps in a row, in one job", [remote, remote], ["0-2", "0-2"]],
  ["steps of the owner, which are in none and end one", [remote, local, remote, remote], ["0-1", "-", "2-4", "2-4"]],
  ["a step with cached answers, which begins one", [remote, cached, remote, cached], ["0-1", "1-3", "1-3", "3-4"]],
])("a worker gets ranges of %s", (_what, steps, expected) => {
  const ranges = stepRangesOf(steps).map((range) => (range ? `${range.start}-${range.end}` : "-"));
  expect(ranges).toEqual(expected);
});
