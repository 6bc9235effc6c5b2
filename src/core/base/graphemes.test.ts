import { expect, it } from "vitest";
import { graphemes } from "./graphemes.ts";

it.each([
  ["", []],
  ["kelp", ["k", "e", "l", "p"]],
  ["e\u0301t", ["e\u0301", "t"]],
  ["👩‍🚀👍🏽", ["👩‍🚀", "👍🏽"]],
])("the characters of %j, as a reader sees them, are %j", (text, characters) => {
  expect(graphemes(text)).toEqual(characters);
});
