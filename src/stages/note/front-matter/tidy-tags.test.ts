import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tidyTags } from "./tidy-tags.ts";
import { runs } from "../../../../test/runs.ts";

test.each([
  ["#kelp", "kelp"],
  ["  ## sea weed ", "sea-weed"],
  ["海　藻", "海-藻"],
  ["C#", "Csharp"],
  ["c++", "cpp"],
  ["node.js", "node-js"],
  ["work/boats", "work/boats"],
  ["2026", "_2026"],
  ["🌊", "🌊"],
  ["k\u0301elp", "k\u0301elp"],
])("the tag %j becomes %j", (tag, tidy) => {
  expect(tidyTags([tag])).toEqual([tidy]);
});

test("nothing is left of a tag of punctuation", () => {
  expect(tidyTags(["#", " ", "!?", "-", "//"])).toEqual([]);
});

test("tags are what Obsidian takes, none is there twice, and tidying again changes nothing, for any strings", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 8 })), (tags) => {
      const tidy = tidyTags(tags);
      for (const tag of tidy) expect(tag).toMatch(/^(?!\p{N}+$)[\p{L}\p{M}\p{N}\p{So}\u200d_/-]+$/u);
      expect(new Set(tidy).size).toBe(tidy.length);
      expect(tidyTags(tidy)).toEqual(tidy);
    }),
    { numRuns: runs(300) },
  );
});
