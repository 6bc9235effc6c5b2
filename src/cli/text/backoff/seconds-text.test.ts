import { describe, expect, it } from "vitest";
import { secondsNumber, secondsText } from "./seconds-text.ts";

describe("secondsText", () => {
  it.each([
    [0, "0 s"],
    [1, "0.001 s"],
    [500, "0.5 s"],
    [48_892.66, "48.9 s"],
    [99_999, "100 s"],
    [652_357, "652 s"],
    [1_234_567, "1,235 s"],
  ])("says %d ms as %s", (ms, text) => {
    expect(secondsText(ms)).toBe(text);
  });
});

describe("secondsNumber", () => {
  it("has no digits below the microsecond", () => {
    expect(secondsNumber(1999.999_999_9)).toBe(2);
    expect(secondsNumber(0.5)).toBe(0.0005);
  });
});
