import { describe, expect, it } from "vitest";
import { closeFence, fenceAfter, fenced, openingFence, withoutFenced } from "./fence.ts";

describe("a fence", () => {
  it.each([
    ["```ts", { marks: "```", indent: 0, info: "ts", depth: 0 }],
    ["  ~~~~", { marks: "~~~~", indent: 2, info: "", depth: 0 }],
    ["~~~ a `b`", { marks: "~~~", indent: 0, info: "a `b`", depth: 0 }],
    ["``` a `b`", undefined],
    ["``", undefined],
    ["a ```", undefined],
  ])("opens with %j as %o", (line, fence) => {
    expect(openingFence(line)).toEqual(fence);
  });

  it.each([
    ["```", true],
    ["  `````  ", true],
    ["``` ts", false],
    ["~~~", false],
    ["", false],
  ])("of three backticks is closed by %j: %s", (line, closes) => {
    expect(fenceAfter(openingFence("```ts"), line) === undefined).toBe(closes);
  });

  it("of Markdown holds others, where fences nest", () => {
    const lines = ["```markdown", "```js", "```", "text", "```"];
    const ends = (nests: boolean) => {
      let open = openingFence("");
      return lines.map((line) => (open = fenceAfter(open, line, { nests })) !== undefined);
    };
    expect(ends(true)).toEqual([true, true, true, true, false]);
    expect(ends(false)).toEqual([true, true, false, false, true]);
  });

  it("that a text leaves open is closed with its own marks", () => {
    expect(closeFence("a\n~~~~\nb\n")).toBe("a\n~~~~\nb\n~~~~");
    expect(closeFence("a\n```\nb\n```\n")).toBe("a\n```\nb\n```\n");
  });

  it("is longer than any in its text", () => {
    expect(fenced("md", "```\na\n````")).toBe("`````md\n```\na\n````\n`````");
  });

  it("is longer than any in a text with more fences than a call takes arguments", () => {
    expect(fenced("", "```\n".repeat(200_000)).startsWith("````\n```")).toBe(true);
  });
});

it("withoutFenced leaves what stands between the fences", () => {
  expect(withoutFenced("a\n```\nb\n```\nc\n~~~\nd")).toBe("a\nc");
});
