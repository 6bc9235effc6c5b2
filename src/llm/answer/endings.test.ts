import { describe, expect, it } from "vitest";
import { endingIn, endingOf, KNOWN_ENDINGS } from "./endings.ts";

describe("the words that end an answer", () => {
  it.each(
    KNOWN_ENDINGS.flatMap(({ words, means, by, source }) => words.map((word) => [word, means, source, by] as const)),
  )("%j is %s (%s)", (word, means, _source, by) => {
    expect(endingOf(word)).toEqual({ means, by });
    expect(endingOf(word.toUpperCase())).toEqual({ means, by });
  });

  it("are each in the table once", () => {
    const words = KNOWN_ENDINGS.flatMap((row) => row.words);
    expect(words.length).toBe(new Set(words).size);
    expect(words.every((word) => word === word.toLowerCase())).toBe(true);
  });

  it.each([
    ["content_filter: RECITATION", "filtered"],
    ["function_call_filter: MALFORMED_FUNCTION_CALL", "broken off"],
    ["stop: but not really", undefined],
    ["stopped", undefined],
    ["finished", undefined],
    ["FINISH_REASON_UNSPECIFIED", undefined],
    ["constructor", undefined],
  ])("%j is %s", (word, means) => {
    expect(endingOf(word)?.means).toBe(means);
  });

  it.each([
    ["", undefined],
    [" ", undefined],
    ["null", undefined],
    ["None", undefined],
    [null, undefined],
    [undefined, undefined],
    ["stop", "stop"],
    ["odd", "odd"],
  ])("%j stands for %j", (word, is) => {
    expect(endingIn(word)).toBe(is);
  });
});
