import { describe, expect, it } from "vitest";
import { withoutLast } from "./without-last.ts";

describe("withoutLast", () => {
  it.each([
    ["a. .", /[\s.]/, "a"],
    ["...", /\./, ""],
    ["a𝄞𝄞", /\p{S}/u, "a"],
    ["a", /b/, "a"],
  ])("takes %j without %s to %j", (text, pattern, left) => {
    expect(withoutLast(text, pattern)).toBe(left);
  });
});
