import { describe, expect, it } from "vitest";
import { duration, timeToCome } from "./time-values.ts";

describe("a flag of time", () => {
  it.each(["90s", "1.5m", "8h", "250ms"])("may be the duration %s", (text) => expect(duration(text)).toBe(text));

  it.each(["8", "0", "0h", "-1s", "", "soon", "8 h", "1d", "Infinity"])("is not the duration %j", (text) => {
    expect(() => duration(text)).toThrow("Expected a duration with its unit, such as 90s, 15m or 8h.");
  });

  it.each(["06:00", "23:59", "2999-12-01T06:00"])("may be the time %s", (text) => expect(timeToCome(text)).toBe(text));

  it.each(["6", "24:00", "2020-01-01T06:00", "tomorrow", ""])("is not the time %j", (text) => {
    expect(() => timeToCome(text)).toThrow(/^Expected a time /);
  });
});
