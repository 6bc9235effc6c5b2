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

/** Reads a message into blocks, in order. Never fails: what it does not know is prose. One pass, linear in the text. */
export function readBlocks(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const paragraph: string[] = [];
  const flush = (): void => {
    blocks.push(...readParagraph(paragraph));
    paragraph.length = 0;
  };
  const lines = text.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const fence = openingFence(line);
    if (fence !== undefined) {
      flush();
      const end = closingLine(lines, at, fence);
      blocks.push({ kind: "code", language: fence.language, text: dedent(lines.slice(at + 1, end), fence.indent) });
      at = end;
    } else if (line.trim() === "") flush();
    else paragraph.push(line);
  }
  flush();
  return blocks;
}

interface Fence {
  readonly indent: number;
  readonly mark: string;
  readonly language: string;
}

function openingFence(line: string): Fence | undefined {
  const [, indent = "", mark = ""] = /^(\s*)(`{3,}|~{3,})/.exec(line) ?? [];
  const info = line.slice(indent.length + mark.length).trim();
  if (mark === "" || (mark.startsWith("`") && info.includes("`"))) return undefined;
  return { indent: indent.length, mark, language: info.split(/[\s{:,]/, 1)[0]?.toLowerCase() ?? "" };
}

/** The line that closes a fence, or one past the end. Chats put fences into `markdown` fences without lengthening the outer one. */
function closingLine(lines: readonly string[], start: number, { mark, language }: Fence): number {
  const nests = language === "markdown" || language === "md";
  let depth = 0;
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? "";
    if (!line.startsWith(mark)) continue;
    if (line === mark.charAt(0).repeat(line.length)) {
      if (depth === 0) return at;
      depth -= 1;
    } else if (nests) depth += 1;
  }
  return lines.length;
}

const dedent = (lines: readonly string[], indent: number): string =>
  lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length))).join("\n");

const HEADING = /^\s{0,3}#{1,6}\s+(?<text>.{1,300})$/;
/** Models like to write headings as a line in bold, sometimes with a number before it. */
const BOLD_LINE = /^\s*(?:\d+[.)．]\s*)?\*\*(?<text>[^*]+)\*\*\s*[:：]?\s*$/;
/** A line in bold that ends like this states something, and is no label for what follows. */
const SENTENCE_END = /(?:[。.!！]|です|ます|ません|である)$/u;
const ITEM = /^\s*(?:[-*+•・●]\s+|・|\d{1,3}[.)．]\s+|[①-⑳]\s*)(?:\[[ xX]\]\s+)?(?<text>.*)$/u;
const QUOTE = /^\s*>\s?(?<text>.*)$/;
const TABLE = /^\s*(?<text>\|.*\|)\s*$/;
const RULE = /^\s*(?:[-*_=]\s*){3,}$/;

const LINE_KINDS: readonly (readonly [TextKind, RegExp])[] = [
  ["heading", HEADING],
  ["label", BOLD_LINE],
  ["item", ITEM],
  ["quote", QUOTE],
  ["table", TABLE],
];

function readParagraph(lines: readonly string[]): readonly Block[] {
  if (lines.some((line) => SHELL_PROMPT.test(line))) return [{ kind: "raw", text: lines.join("\n") }];
  const blocks: { kind: TextKind; text: string }[] = [];
  for (const line of lines) {
    const { kind, text } = RULE.test(line) ? { kind: "rule" as const, text: "" } : readLine(line);
    const last = blocks.at(-1);
    if (last !== undefined && kind === last.kind && (kind === "table" || kind === "raw")) last.text += `\n${text}`;
    else if (last !== undefined && kind === "prose" && continues(last, line)) last.text += ` ${text}`;
    else blocks.push({ kind, text });
  }
  return blocks.filter(({ kind, text }) => text !== "" || kind === "rule");
}

function readLine(line: string): { readonly kind: TextKind; readonly text: string } {
  for (const [kind, pattern] of LINE_KINDS) {
    const text = pattern.exec(line)?.groups?.["text"]?.trim();
    if (text === undefined) continue;
    return kind === "label" && SENTENCE_END.test(text) ? { kind: "prose", text: line.trim() } : { kind, text };
  }
  return { kind: isRawText(line) ? "raw" : "prose", text: line.trim() };
}

/** Whether a line goes on with the sentence of the line before: text wrapped by hand, or a list item's second line. */
function continues(last: { readonly kind: TextKind; readonly text: string }, line: string): boolean {
  if (/[.!?。！？:：]["'”」』）)*]*$/u.test(last.text)) return false;
  if (last.kind === "item" || last.kind === "quote") return /^\s/.test(line);
  return last.kind === "prose" && last.text.length >= 50 && /^\p{Ll}/u.test(line.trim());
}
