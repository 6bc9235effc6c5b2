import { describe, expect, it } from "vitest";
import { documentFields } from "./document-fields.ts";

describe("tags", () => {
  it.each<[string, object, readonly string[]]>([
    ["a list", { tags: ["sea", "kelp forest", 2025] }, ["sea", "kelp-forest", "2025"]],
    ["words between spaces", { tags: "sea kelp" }, ["sea", "kelp"]],
    ["a text with commas", { keywords: "sea, kelp forest" }, ["sea", "kelp-forest"]],
    ["categories and one category", { categories: ["sea"], category: "kelp" }, ["sea", "kelp"]],
    ["hashes, doubles and empty ones", { tags: ["#sea", "", null], keywords: "sea" }, ["sea"]],
    ["lists in lists", { tags: [["sea"], ["kelp"]] }, ["sea", "kelp"]],
    ["something else", { tags: { a: 1 } }, []],
  ])("come from %s", (_name, fields, tags) => {
    expect(documentFields({ ...fields }).tags).toEqual(tags);
  });
});

describe("a document is kept back", () => {
  it.each<[object, string | undefined]>([
    [{ published: false }, "published: false"],
    [{ published: "no" }, "published: false"],
    [{ published: true }, undefined],
    [{ draft: true }, "draft: true"],
    [{ draft: false }, undefined],
    [{ private: "yes" }, "private: true"],
    [{}, undefined],
  ])("by %j: %s", (fields, withheld) => {
    expect(documentFields({ ...fields }).withheld).toBe(withheld);
  });
});

it("takes title and summary as one line, whatever their type", () => {
  expect(documentFields({ title: 1984, description: " two\nlines " })).toMatchObject({
    title: "1984",
    summary: "two lines",
  });
});
