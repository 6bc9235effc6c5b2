import { describe, expect, test } from "vitest";
import { renderNote } from "./render-note.ts";

const from = { sourceId: "claude:1" };

describe("renderNote", () => {
  test("puts the body behind the front matter, with one line break at the end", () => {
    expect(renderNote({ title: "Kelp", body: "\n \n# Root\n\nholds\n\n" }, from)).toBe(
      "---\ntitle: Kelp\nsource_id: claude:1\n---\n\n# Root\n\nholds\n",
    );
  });

  test("keeps the indent of the first line, which may be code", () => {
    expect(renderNote({ title: "Kelp", body: "\n    code()" }, from)).toMatch(/---\n\n {4}code\(\)\n$/);
  });

  test("ends behind the front matter when there is no body", () => {
    expect(renderNote({ title: "Kelp", body: " \n" }, from)).toBe("---\ntitle: Kelp\nsource_id: claude:1\n---\n");
  });

  test("holds whole characters only", () => {
    expect(renderNote({ title: "\ud800", body: "\udc00" }, from).isWellFormed()).toBe(true);
  });
});
