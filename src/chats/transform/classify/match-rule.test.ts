import { describe, expect, test } from "vitest";
import type { SourceNote } from "../../extract/notes/index.ts";
import { matchRule } from "./match-rule.ts";
import type { RuleConditions } from "./rules.ts";

const note: SourceNote = {
  path: "sea/plants/Kelp.md",
  text: "---\ntitle: Why kelp holds\n---\nIt grips C++ and rock-solid 海藻の根 in St. John's.",
  hash: "h",
  title: "Why Kelp holds",
  tags: ["#Boats/sails", "sea weed"],
  source: "claude",
};

describe("a rule", () => {
  test.each<[boolean, RuleConditions]>([
    [true, {}],
    [true, { tags: "boats" }],
    [true, { tags: "#boats/sails" }],
    [true, { tags: ["nothing", "SEA WEED"] }],
    [false, { tags: "boat" }],
    [false, { tags: "sails" }],
    [true, { words: "kelp" }],
    [true, { words: "KELP  holds" }],
    [false, { words: "kel" }],
    [false, { words: "elp" }],
    [true, { words: "rock" }],
    [true, { words: "c++" }],
    [true, { words: "藻の" }],
    [true, { words: ["no", "john's"] }],
    [false, { words: "" }],
    [true, { title: "kelp" }],
    [false, { title: "rock" }],
    [true, { folder: "sea" }],
    [true, { folder: "./Sea/plants/" }],
    [false, { folder: "plants" }],
    [false, { folder: "se" }],
    [true, { source: "Claude" }],
    [false, { source: "chatgpt" }],
    [true, { tags: "boats", words: "kelp", folder: "sea" }],
    [false, { tags: "boats", words: "kelp", folder: "lake" }],
  ])("fits: %s, for %j", (fits, when) => {
    expect(matchRule(note, [{ genre: "science", when }]) !== undefined).toBe(fits);
  });

  test("decides when it is the first that fits", () => {
    const rules = [
      { genre: "a", when: { tags: "none" } },
      { genre: "b", topic: "t", when: { title: "kelp" } },
      { genre: "c" },
    ];
    expect(matchRule(note, rules)).toBe(rules[1]);
  });

  test("fits no note outside of any folder by its folder", () => {
    expect(matchRule({ ...note, path: "Kelp.md" }, [{ genre: "a", when: { folder: "sea" } }])).toBeUndefined();
  });
});
