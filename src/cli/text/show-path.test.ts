import { describe, expect, it } from "vitest";
import { showPath } from "./show-path.ts";

describe("showPath", () => {
  it.each([
    ["/home/kim/notes/Kelp.md", "/home/kim", "notes/Kelp.md"],
    ["/home/kim", "/home/kim", "."],
    ["/home/kim/..notes", "/home/kim", "..notes"],
    ["/home/other/notes", "/home/kim", "/home/other/notes"],
    ["/home", "/home/kim", "/home"],
  ])("shows %s from %s as %s", (path, from, shown) => {
    expect(showPath(path, from)).toBe(shown);
  });
});
