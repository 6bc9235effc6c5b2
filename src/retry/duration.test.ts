import { describe, expect, test } from "vitest";
import { type Duration, parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    [0.5, 0.5],
    [Infinity, Infinity],
    ["250ms", 250],
    ["2s", 2000],
    ["1.5m", 90_000],
    ["0.25h", 900_000],
  ])("%s is %i ms", (duration, ms) => {
    expect(parseDuration(duration)).toBe(ms);
  });

  // The template type admits some of these, and plain JavaScript all of them; the program does not.
  const wrong = ["-5s", "0x10s", "1e3ms", " 2s", "+1s", "Infinitys", "1_000ms", ".5s", "", "5", "five seconds"];
  test.each<unknown>([...wrong, null, true, {}, [5], 5n, Number.NaN, -1, -Infinity])("refuses %o", (value) => {
    const parse = (): unknown => Reflect.apply(parseDuration, undefined, [value, "timeout"]);
    expect(parse).toThrow(RangeError);
    expect(parse).toThrow(/^Expected `timeout` to be a duration of 0 or more/);
  });
});
