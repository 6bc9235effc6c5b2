import { expect, it } from "vitest";
import { unixTimeOf } from "./time.ts";

it.each<[unknown, string | undefined]>([
  [1732845769.248, "2024-11-29T02:02:49.248Z"],
  [1_700_000_000, "2023-11-14T22:13:20.000Z"],
  ["1700000000.5", "2023-11-14T22:13:20.500Z"],
  [1_700_000_000_500, "2023-11-14T22:13:20.500Z"],
  ["2025-06-15T15:06:40Z", "2025-06-15T15:06:40.000Z"],
  ["yesterday", undefined],
  ["", undefined],
  [0, undefined],
  [-5, undefined],
  [Number.NaN, undefined],
  [1e300, undefined],
  [8.64e15, undefined],
  [253_402_300_799_000, "9999-12-31T23:59:59.000Z"],
  [null, undefined],
  [true, undefined],
  [{ seconds: 1 }, undefined],
])("a time written as %j is %j", (value, time) => {
  expect(unixTimeOf(value)).toBe(time);
});
