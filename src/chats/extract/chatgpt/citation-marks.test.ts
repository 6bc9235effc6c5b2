import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanMarks } from "./citation-marks.ts";
import { runs } from "../../../../test/runs.ts";

const [OPEN, CLOSE, NEXT] = ["\uE200", "\uE201", "\uE202"];
const mark = (...fields: readonly string[]): string => `${OPEN}${fields.join(NEXT)}${CLOSE}`;
const page = { title: "Tea", url: "https://tea.example/heat" };

describe("newer marks, between private-use characters", () => {
  it.each<[string, string, unknown[], string]>([
    [
      "become what the page shows in their place",
      `Hot.${mark("cite", "turn0search0")} Really.`,
      [
        {
          matched_text: mark("cite", "turn0search0"),
          alt: "([Tea](https://tea.example/heat?utm_source=chatgpt.com))",
          type: "grouped_webpages",
        },
      ],
      "Hot.([Tea](https://tea.example/heat)) Really.",
    ],
    [
      "become links to their pages",
      `Hot ${mark("cite", "turn0search0")}.`,
      [{ matched_text: mark("cite", "turn0search0"), items: [page, { title: "Leaf", url: "https://leaf.example" }] }],
      "Hot ([Tea](https://tea.example/heat), [Leaf](https://leaf.example)).",
    ],
    [
      "become the link that the reference is itself",
      `Hot ${mark("cite", "turn0search0")}.`,
      [{ matched_text: mark("cite", "turn0search0"), type: "webpage", ...page }],
      "Hot ([Tea](https://tea.example/heat)).",
    ],
    [
      "become the name of a file",
      `Hot ${mark("filecite", "turn0file0")}.`,
      [{ matched_text: mark("filecite", "turn0file0"), name: "tea.pdf" }],
      "Hot (tea.pdf).",
    ],
    ["go when nothing explains them", `Hot ${mark("cite", "turn0search0", "turn0search1")}.`, [], "Hot."],
    [
      "go when their reference is empty",
      `Hot ${mark("cite", "a")}, too.`,
      [{ matched_text: mark("cite", "a"), alt: null }],
      "Hot, too.",
    ],
    ["go when the text was cut in them", `Hot ${OPEN}cite${NEXT}turn0sea`, [], "Hot"],
    ["leave the name of a thing", `Try ${mark("entity", '["food","Sencha","green tea"]')} now.`, [], "Try Sencha now."],
    ["leave the words of a link", `See ${mark("url", "Tea shop", "turn0search0")} now.`, [], "See Tea shop now."],
    ["go one by one where they are not in pairs", `a${CLOSE}b\uE203c\uE204`, [], "abc"],
    [
      "do not take the spaces that a reference stands for",
      "One two.",
      [{ matched_text: " ", type: "sources_footnote" }],
      "One two.",
    ],
  ])("%s", (_name, text, content_references, cleaned) => {
    expect(cleanMarks(text, { content_references })).toBe(cleaned);
  });
});

describe("older marks, in brackets", () => {
  const citation = (start_ix: number, number: number, metadata: object = { type: "webpage", ...page }) => ({
    start_ix,
    end_ix: start_ix + 10,
    metadata: { ...metadata, extra: { cited_message_idx: number } },
  });
  it.each<[string, string, unknown[], string]>([
    [
      "become the link of the citation at their place",
      "茶 is hot【3†source】.",
      [citation(8, 9)],
      "茶 is hot ([Tea](https://tea.example/heat)).",
    ],
    [
      "count characters, and not halves of them",
      "🍵 is hot【3†source】.",
      [citation(8, 9)],
      "🍵 is hot ([Tea](https://tea.example/heat)).",
    ],
    [
      "become the link of the citation with their number",
      "Hot【3†source】 and good【4†source】.",
      [citation(99, 4)],
      "Hot and good ([Tea](https://tea.example/heat)).",
    ],
    [
      "become the name of a file",
      "Hot【3:1†tea.pdf】.",
      [citation(3, 3, { type: "file", name: "tea.pdf" })],
      "Hot (tea.pdf).",
    ],
    ["go when nothing explains them", "Hot【3†source】.", [], "Hot."],
    ["are not the brackets of a Japanese text", "【重要】お茶は熱い。", [citation(0, 3)], "【重要】お茶は熱い。"],
  ])("%s", (_name, text, citations, cleaned) => {
    expect(cleanMarks(text, { citations })).toBe(cleaned);
  });
});

it("touches no text without marks, and leaves no private-use character of the service", () => {
  const piece = fc.constantFrom(
    "tea",
    " ",
    ".",
    OPEN,
    CLOSE,
    NEXT,
    "\uE206",
    "cite",
    "entity",
    "【",
    "1†",
    "】",
    "\n",
    "🍵",
  );
  const references = fc.array(
    fc.record({ matched_text: fc.array(piece).map((all) => all.join("")), alt: fc.constantFrom("x", "", null) }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), references, (pieces, content_references) => {
      const cleaned = cleanMarks(pieces.join(""), { content_references, citations: [{ start_ix: 1 }] });
      expect(cleaned).not.toMatch(/[\uE200-\uE206]/);
    }),
    { numRuns: runs(1000) },
  );
  expect(cleanMarks("Two  spaces , and \uE0A0.", {})).toBe("Two  spaces , and \uE0A0.");
});
