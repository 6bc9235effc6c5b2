import { describe, expect, test } from "vitest";
import { pathsBeside } from "./beside.ts";

describe("names beside a note", () => {
  test("are in its folder, the first without a number, and 999 in all", () => {
    const paths = [...pathsBeside("sea/Kelp.md", "new")];
    expect(paths.slice(0, 3)).toEqual(["sea/Kelp (new).md", "sea/Kelp (new 2).md", "sea/Kelp (new 3).md"]);
    expect(paths.at(-1)).toBe("sea/Kelp (new 999).md");
    expect(new Set(paths).size).toBe(999);
  });
});
