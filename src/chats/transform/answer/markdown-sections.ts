import { fenceAfter, type Fence } from "../../../text/index.ts";
import { sectionOf, type SectionName } from "./section-names.ts";

/** The sections of an answer as they stand in it; absent when there is no such heading. */
export type Sections = { readonly [name in SectionName]?: string };

interface Heading {
  readonly depth: number;
  readonly text: string;
  readonly opens: SectionName | undefined;
  /** Text of the section on the heading's own line. */
  readonly rest: string;
}

type HeadingReader = (line: string) => Heading | undefined;

interface ReadOptions {
  /** Takes the first unknown heading after the tags for the content's beginning: models leave that heading out. */
  readonly contentIsImplied: boolean;
}

/** Reads the sections of an answer, by headings of any level, else by labels such as `**Summary:** ...`. */
export function readSections(markdown: string): Sections {
  const strict = { contentIsImplied: false };
  const byHeading = read(markdown, readHash, strict);
  if (byHeading.summary !== undefined || byHeading.content !== undefined) {
    return byHeading.content === undefined ? read(markdown, readHash, { contentIsImplied: true }) : byHeading;
  }
  return { ...byHeading, ...read(markdown, readLabel, strict) };
}

function read(markdown: string, readHeading: HeadingReader, { contentIsImplied }: ReadOptions): Sections {
  const lines: { [name in SectionName]?: string[] } = {};
  let current: SectionName | undefined;
  let contentDepth = 0;
  let fence: Fence | undefined;
  let first: Heading | undefined;
  /** Sections that hold a word: to look again at each heading would read an empty one as often as there are headings. */
  const worded = new Set<SectionName>();

  const add = (name: SectionName, line: string): void => {
    lines[name]?.push(line);
    if (line.trim() !== "") worded.add(name);
  };

  const open = (name: SectionName, depth: number, rest: string): void => {
    current = name;
    lines[name] = [];
    worded.delete(name);
    if (rest !== "") add(name, rest);
    if (name === "content") contentDepth = depth;
  };

  /** Whether a heading stands below the content's own: it is part of the content then. */
  const isInside = ({ depth }: Heading): boolean =>
    current === "content" && depth > contentDepth && worded.has("content");

  for (const line of markdown.split(/\r\n|\r|\n/)) {
    const heading = fence === undefined ? readHeading(line) : undefined;
    fence = fenceAfter(fence, line);
    const isFirst = first === undefined && heading !== undefined;
    first ??= heading;
    if (heading !== undefined && isFirst && isTitle(heading)) {
      lines.title = [];
      add("title", heading.text);
    } else if (heading?.opens !== undefined && !worded.has(heading.opens) && !isInside(heading)) {
      // A chat named "Summary" has a title that looks like a section: the section itself comes later.
      if (lines[heading.opens] !== undefined && heading.opens === first?.opens && lines.title === undefined) {
        lines.title = [];
        add("title", first.text);
      }
      open(heading.opens, heading.depth, heading.rest);
    } else {
      const isImplied = contentIsImplied && heading !== undefined && current === "tags" && lines.content === undefined;
      if (isImplied) open("content", heading.depth, "");
      if (current !== undefined) add(current, line);
    }
  }
  return Object.fromEntries(Object.entries(lines).map(([name, text]) => [name, text.join("\n").trim()]));
}

/** Whether a heading, the first of its answer, is the title itself: `# Kelp`, `# Overview: kelp`. */
const isTitle = ({ opens, depth, rest }: Heading): boolean =>
  opens === undefined || (opens !== "title" && depth === 1 && rest !== "");

function readHash(line: string): Heading | undefined {
  const { marks = "", text = "" } = /^\s{0,3}(?<marks>#{1,6})\s+(?<text>\S.*)$/.exec(line)?.groups ?? {};
  return marks === "" ? undefined : headingOf(marks.length, text.replace(/\s#+\s*$/, "").trim());
}

/** Deeper than any heading, so that no label ends the content. */
const LABEL_DEPTH = 7;

function readLabel(line: string): Heading | undefined {
  const isBold = /^\s*\*\*[^*]+\*\*/.test(line);
  const isNamed = /^\s*[\p{L}]+\s*[:：]/u.test(line);
  const heading = isBold || isNamed ? headingOf(LABEL_DEPTH, line.trim()) : readHash(line);
  return heading?.opens === undefined && heading?.depth === LABEL_DEPTH ? undefined : heading;
}

function headingOf(depth: number, text: string): Heading {
  const section = sectionOf(text);
  // `# Title: Kelp` names the section and holds it; `## Notes: kelp` is a heading of the content.
  return { depth, text, opens: section?.name, rest: section?.rest ?? "" };
}
