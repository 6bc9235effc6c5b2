import { describe, expect, it } from "vitest";
import { chooseTitle } from "./title.ts";

const OTHERS = ["Hi, how do I size a pool?"];

describe("chooseTitle", () => {
  it.each([
    ["Kelp forests", "Kelp forests"],
    ["**Kelp** forests.", "Kelp forests"],
    ["# Kelp", "Kelp"],
    ["Summary", "Summary"],
    ["岩盤浴で鼻通りが良くなる理由", "岩盤浴で鼻通りが良くなる理由"],
  ])("keeps the chat's own title %j as %j", (own, title) => {
    expect(chooseTitle(own, OTHERS, 40)).toBe(title);
  });

  it.each([
    "",
    "  ",
    "New chat",
    "New Chat 3",
    "Untitled",
    "untitled conversation",
    "無題",
    "新しいチャット",
    "2025-11-03 10:22",
    "0c9a6a8e-2d4e-4c2b-9a64-1f2e3d4c5b6a",
    "***",
  ])("takes the first question in place of %j", (own) => {
    expect(chooseTitle(own, OTHERS, 40)).toBe("how do I size a pool?");
  });

  it("keeps a long title that somebody chose, and cuts one that is made from a question", () => {
    const own = "Moving the job queue from Redis to SQLite on one small machine";
    expect(chooseTitle(own, OTHERS, 40)).toBe(own);
    expect(chooseTitle("", [own], 40)).toBe("Moving the job queue from Redis…");
  });

  it("is empty when nothing makes a title", () => {
    expect(chooseTitle("", ["", "..."], 40)).toBe("");
  });
});
