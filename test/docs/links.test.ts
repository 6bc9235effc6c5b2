// What a page points at is there: links with their anchors, and the paths of files that it names.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../cli/holdfast.ts";

/** Decisions are history: what they name may have moved. */
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "docs/guide/*.md"]
  .flatMap((glob) => globSync(glob, { cwd: root }))
  .toSorted();

/** The text of a page without what stands in fences. */
const proseOf = (path: string): string => readFileSync(path, "utf8").replaceAll(/^```[^]*?^```/gm, "");

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchorsOf = (path: string): ReadonlySet<string> =>
  new Set([...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));

/** Where a link of a page leads, when that is not there. */
function isDead(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
}

describe.each(pages)("%s", (page) => {
  const prose = proseOf(join(root, page));

  it("links to what is there", () => {
    const links = [...prose.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !/^https?:/.test(link) && isDead(page, link))).toEqual([]);
  });

  it("names files that are there", () => {
    const named = [...prose.matchAll(/`((?:src|test|scripts|lint|bench|etc|examples)\/[\w./-]+)`/g)];
    expect(named.map(([, path = ""]) => path).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe("the pages together", () => {
  it("have links and names of files to look at", () => {
    const text = pages.map((page) => proseOf(join(root, page))).join("");
    expect(text.match(/\]\([^)]*#/g)?.length).toBeGreaterThan(5);
    expect(text.match(/`src\//g)?.length).toBeGreaterThan(50);
  });
});
