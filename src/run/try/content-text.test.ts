import { describe, expect, it } from "vitest";
import { contentText, contentTitle } from "./content-text.ts";

describe("the text of a content", () => {
  it.each([
    ["a text", "Kelp.", { text: "Kelp.", ending: ".txt" }],
    ["a field", { id: 1, text: "Kelp." }, { text: "Kelp.", ending: ".txt" }],
    ["the first field that has one", { text: " ", body: "Kelp." }, { text: "Kelp.", ending: ".txt" }],
    [
      "a chat",
      { messages: [{ role: "user", text: "Kelp?" }, { text: "Kelp." }, { role: "user", text: "" }, 7] },
      { text: "user: Kelp?\n\nKelp.", ending: ".txt" },
    ],
    ["what has none", { a: [1] }, { text: '{\n  "a": [\n    1\n  ]\n}', ending: ".json" }],
    ["a chat without a word", { messages: [] }, { text: '{\n  "messages": []\n}', ending: ".json" }],
    ["a list", ["Kelp."], { text: '[\n  "Kelp."\n]', ending: ".json" }],
    ["nothing", null, { text: "null", ending: ".json" }],
  ])("is found in %s", (_, content, found) => {
    expect(contentText(content)).toEqual(found);
  });

  it.each([
    [{ title: "Kelp" }, "Kelp"],
    [{ title: "", name: "Kelp" }, "Kelp"],
    [{ text: "Kelp" }, undefined],
    ["Kelp", undefined],
    [null, undefined],
  ])("has a title, if any: %j", (content, title) => {
    expect(contentTitle(content)).toBe(title);
  });
});
