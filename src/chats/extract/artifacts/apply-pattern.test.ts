import * as fc from "fast-check";
import { expect, it } from "vitest";
import { applyPattern } from "./apply-pattern.ts";

const apply = (text: string, pattern: string, replacement: string, isMultiple = false): string =>
  applyPattern(text, { pattern, replacement, isMultiple });

it.each<[string, string, string, string, boolean, string]>([
  ["everything", "a\nb", ".*", "c", false, "c"],
  ["everything once, with `multiple` too", "a\nb", ".*", "c", true, "c"],
  ["a text by the letter", "a (b) a", "(b)", "$&", false, "a $& a"],
  ["the first place only", "a a", "a", "b", false, "b a"],
  ["each place with `multiple`", "a a", "a", "b", true, "b b"],
  ["what an expression finds", "x = 1\ny = 2", "y = \\d+", "y = 3", false, "x = 1\ny = 3"],
  ["what an expression finds over lines", "# A\nold\n# B", "# A.*?(?=# B)", "# A\nnew\n", false, "# A\nnew\n# B"],
  ["groups by number and by name", "tea: 80", "(?P<what>\\w+): (\\d+)", "\\g<what> at \\2", false, "tea at 80"],
  ["nothing, and keeps code's backslashes", "x", "x", 'print("\\n")', false, 'print("\\n")'],
  ["without regard to case when it says so", "TEA", "(?i)tea", "coffee", false, "coffee"],
  ["at the end", "a\nb", "b\\Z", "c", false, "a\nc"],
  ["nothing for an empty pattern", "a", "", "b", true, "a"],
  ["nothing for a pattern that is not there", "a", "z+", "b", true, "a"],
  ["nothing for a pattern that is none", "a", "(((", "b", false, "a"],
  ["nothing for one that might never end", `${"a".repeat(40)}b`, "(a+)+$", "c", false, `${"a".repeat(40)}b`],
])("replaces %s", (_name, text, pattern, replacement, isMultiple, expected) => {
  expect(apply(text, pattern, replacement, isMultiple)).toBe(expected);
});

it("never throws, whatever the pattern", () => {
  const pattern = fc.stringMatching(/^[ab()[\]\\.*+?{}|^$0-9<>P:=!]{0,12}$/);
  fc.assert(
    fc.property(
      pattern,
      fc.string(),
      (pattern, replacement) => typeof apply("aabb", pattern, replacement) === "string",
    ),
  );
});
