import { type Fence, fenceAfter } from "../../text/index.ts";
import { isRawText, SHELL_PROMPT } from "./raw-text.ts";

/**
 * A piece of a chat message as Markdown sees it. A `label` is a line in bold that serves as a heading; `raw` is pasted
 * output, logs and code that nobody fenced; a `rule` has no text.
 */
export type Block =
  | {
      readonly kind: "heading" | "label" | "prose" | "item" | "quote" | "table" | "raw" | "rule";
      readonly text: string;
    }
  | { readonly kind: "code"; readonly text: string; readonly language: string };

type TextKind = Exclude<Block["kind"], "code">;

/**
 * Reads a message into blocks, in order. Never fails: unknown forms are prose. One pass, linear in the text; code comes
 * back character by character, but for the indent of its fence.
 */
export function readBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let fence: Fence | undefined;
  let held: string[] = [];
  const flush = (): void => {
    if (fence === undefined) blocks.push(...readParagraph(held));
    else blocks.push({ kind: "code", language: languageOf(fence), text: dedent(held, fence.indent) });
    held = [];
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    const after = fenceAfter(fence, line, { nests: true });
    const isEdge = (after === undefined) !== (fence === undefined);
    if (isEdge || (after === undefined && line.trim() === "")) flush();
    else held.push(line);
    fence = after;
  }
  flush();
  return blocks;
}

const languageOf = ({ info }: Fence): string => info.split(/[\s{:,]/, 1)[0]?.toLowerCase() ?? "";

const dedent = (lines: readonly string[], indent: number): string =>
  lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length))).join("\n");

// These read a line without the white space around it.
const HEADING = /^#{1,6}\s+(?<text>[^]+)$/;
const MAX_HEADING_LENGTH = 300;
/** Models like to write headings as a line in bold, sometimes with a number before it. */
const BOLD_LINE = /^(?:\d+[.)．]\s*)?\*\*(?<text>[^*]+)\*\*(?:\s*[:：])?$/;
/** A line in bold that ends like this states something, and is no label for what follows. */
const SENTENCE_END = /(?:[。.!！]|です|ます|ません|である)$/u;
const ITEM = /^(?:[-*+•・●]\s+|・|\d{1,3}[.)．]\s+|[①-⑳]\s*)(?:\[[ xX]\]\s+)?(?<text>[^]*)$/u;
const QUOTE = /^>\s?(?<text>[^]*)$/;
const TABLE = /^(?<text>\|[^]*\|)$/;
const RULE = /^(?:[-*_=]\s*){3,}$/;

const LINE_KINDS: readonly (readonly [TextKind, RegExp])[] = [
  ["heading", HEADING],
  ["label", BOLD_LINE],
  ["item", ITEM],
  ["quote", QUOTE],
  ["table", TABLE],
];

interface OpenBlock {
  readonly kind: TextKind;
  /** Joined once, at the end: a text that grows line by line would be read again with each line. */
  readonly lines: string[];
  length: number;
}

function readParagraph(lines: readonly string[]): readonly Block[] {
  if (lines.some((line) => SHELL_PROMPT.test(line))) return [{ kind: "raw", text: lines.join("\n") }];
  const blocks: OpenBlock[] = [];
  for (const line of lines) {
    const { kind, text } = readLine(line);
    const last = blocks.at(-1);
    const goesOn =
      last !== undefined && (kind === "prose" ? continues(last, line) : kind === last.kind && isGathered(kind));
    if (goesOn) {
      last.lines.push(text);
      last.length += text.length + 1;
    } else blocks.push({ kind, lines: [text], length: text.length });
  }
  return blocks
    .map(({ kind, lines: texts }) => ({ kind, text: texts.join(isGathered(kind) ? "\n" : " ") }))
    .filter(({ kind, text }) => text !== "" || kind === "rule");
}

const isGathered = (kind: TextKind): boolean => kind === "table" || kind === "raw";

function readLine(line: string): { readonly kind: TextKind; readonly text: string } {
  const bare = line.trim();
  if (RULE.test(bare)) return { kind: "rule", text: "" };
  const begun = line.trimStart();
  const indent = line.length - begun.length;
  for (const [kind, pattern] of LINE_KINDS) {
    // An item may be empty but for the space behind its mark.
    const text = pattern.exec(kind === "item" ? begun : bare)?.groups?.["text"]?.trim();
    if (text === undefined) continue;
    if (kind === "heading" && (indent > MAX_HEADING_INDENT || text.length > MAX_HEADING_LENGTH)) continue;
    return kind === "label" && SENTENCE_END.test(text) ? { kind: "prose", text: bare } : { kind, text };
  }
  return { kind: isRawText(line) ? "raw" : "prose", text: bare };
}

const MAX_HEADING_INDENT = 3;

/** Shorter prose before a line break is not hard-wrapped. */
const LEAST_WRAPPED = 50;
/** The marks behind the last word of a line are fewer than that. */
const END_LENGTH = 40;

/** Whether a line goes on with the sentence of the line before: hard-wrapped text, or a list item's second line. */
function continues({ kind, lines, length }: OpenBlock, line: string): boolean {
  const end = lines.at(-1)?.slice(-END_LENGTH) ?? "";
  if (/[.!?。！？:：]["'”」』）)*]*$/u.test(end)) return false;
  if (kind === "item" || kind === "quote") return /^\s/.test(line);
  return kind === "prose" && length >= LEAST_WRAPPED && /^\p{Ll}/u.test(line.trimStart());
}
