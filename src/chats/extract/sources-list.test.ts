import { expect, it } from "vitest";
import { asLink, sourcesList } from "./sources-list.ts";

it.each<[string, string, string, string]>([
  ["a page", "https://tea.example/a", "Tea", "[Tea](https://tea.example/a)"],
  ["a page without a title", "https://tea.example/a", "", "<https://tea.example/a>"],
  ["a title alone", "", "Tea", "Tea"],
  ["a file", "file-abc", "tea.pdf", "tea.pdf"],
  ["no link that runs code", "javascript:alert(1)", "Tea", "Tea"],
  ["an address with brackets", "https://tea.example/a_(b) c", "Tea", "[Tea](https://tea.example/a_%28b%29%20c)"],
  ["a title with brackets and lines", "https://tea.example", "[1]\nTea", "[\\[1\\] Tea](https://tea.example)"],
  ["an address without ChatGPT's name", "https://t.example/?utm_source=chatgpt.com", "T", "[T](https://t.example/)"],
  [
    "an address with what follows it",
    "https://t.example/?utm_source=chatgpt.com&a=1#b",
    "T",
    "[T](https://t.example/?a=1#b)",
  ],
])("links %s", (_name, url, title, link) => {
  expect(asLink({ url, title })).toBe(link);
});

it("lists each page once, and nothing when there is none", () => {
  const page = { url: "https://tea.example", title: "Tea" };
  expect(sourcesList([page, { url: "", title: "" }, page])).toBe("Sources:\n- [Tea](https://tea.example)");
  expect(sourcesList([{ url: "", title: " " }])).toBe("");
});
