import { fenceAfter, type Fence } from "../../../text/index.ts";

interface Heading {
  readonly depth: number;
  /** As it stands in the line, after its marks. */
  readonly rest: string;
  /** Written with a line of `=` or `-` under it. */
  readonly isUnderlined: boolean;
}

/** Markdown with its headings moved up, if need be, until the highest is at `depth`; code in fences is left alone. */
export const headingsUpTo = (depth: number, markdown: string): string =>
  move(markdown, (highest) => Math.min(0, depth - highest));

/** Markdown with its headings moved down, if need be, until none is above `depth`; code in fences is left alone. */
export const headingsBelow = (depth: number, markdown: string): string =>
  move(markdown, (highest) => Math.max(0, depth - highest));

function move(markdown: string, distance: (highest: number) => number): string {
  const lines = markdown.split("\n");
  const headings = findHeadings(lines);
  const by = distance(highestOf(headings));
  return headings.size === 0 || by === 0 ? markdown : rewrite(lines, headings, by);
}

const MARKS = /^ {0,3}(#{1,6})(?=\s|$)(.*)$/;
const UNDERLINE = /^ {0,3}(?:(=+)|-+)\s*$/;
/** A line that an underline makes no heading of: it is none of a paragraph. */
const NO_PARAGRAPH = /^(?:\s*$|\s*[-*+>|]|\s*\d{1,9}[.)]\s| {4}|\t|\s*(?:`{3}|~{3}))/;

/** By line, from 0. Of a paragraph with an underline only one that is a single line counts as a heading. */
function findHeadings(lines: readonly string[]): ReadonlyMap<number, Heading> {
  const headings = new Map<number, Heading>();
  let fence: Fence | undefined;
  lines.forEach((line, at) => {
    if (fence === undefined) {
      const [, marks, rest = ""] = MARKS.exec(line) ?? [];
      const underline = UNDERLINE.exec(lines[at + 1] ?? "");
      const isAlone = at === 0 || lines[at - 1]?.trim() === "";
      if (marks !== undefined) headings.set(at, { depth: marks.length, rest, isUnderlined: false });
      else if (underline && isAlone && !NO_PARAGRAPH.test(line)) {
        const depth = underline[1] === undefined ? 2 : 1;
        headings.set(at, { depth, rest: ` ${line.trim()}`, isUnderlined: true });
      }
    }
    fence = fenceAfter(fence, line);
  });
  return headings;
}

const DEEPEST = 6;

const highestOf = (headings: ReadonlyMap<number, Heading>): number =>
  [...headings.values()].reduce((least, { depth }) => Math.min(least, depth), DEEPEST);

function rewrite(lines: readonly string[], headings: ReadonlyMap<number, Heading>, by: number): string {
  return lines
    .flatMap((line, at) => {
      if (headings.get(at - 1)?.isUnderlined === true) return [];
      const heading = headings.get(at);
      return heading ? [`${"#".repeat(Math.min(DEEPEST, heading.depth + by))}${heading.rest}`] : [line];
    })
    .join("\n");
}
