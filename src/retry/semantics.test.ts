import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const page = readFileSync(new URL("../../docs/semantics.md", import.meta.url), "utf8");

/** The rows of the page's tables whose last cell names a test: `file`: "name". */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| tenacity |") && !line.startsWith("| behaviour |"))
  .map((line) => line.slice(2, -2).split(" | "));

describe("docs/semantics.md", () => {
  test("has a row for each behaviour", () => {
    expect(rows.length).toBeGreaterThan(80);
  });

  test.each(rows.map((cells) => [cells[0] ?? "", cells.at(-1) ?? ""] as const))("%s: its test exists", (_, cell) => {
    const [, file, name] = /^`([\w/-]+\.test\.ts)`: "(.+)"$/.exec(cell) ?? [];
    expect(file).toBeDefined();
    expect(readFileSync(new URL(`./${file}`, import.meta.url), "utf8")).toContain(`"${name}"`);
  });

  test("every link inside the page leads somewhere", () => {
    const anchors = new Set(
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w\s-]/g, "")
          .replaceAll(" ", "-"),
      ),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !anchors.has(link ?? ""))).toEqual([]);
  });
});
