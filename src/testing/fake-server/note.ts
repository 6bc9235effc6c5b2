import { sha256 } from "../../core/base/index.ts";

/** Lines of the prompt that the default answer repeats under `## Content`, and how many characters of each at most. */
const CONTENT_LINES = 12;
const LINE_CHARS = 200;

/** Lines that stand for something which was taken out of the prompt, as `**code-1** (bash, 3 lines)` does. */
const MARKER = /^\*\*[a-z-]+-\d+\*\*(?= \()/;

/**
 * What a fake says when a test asks for nothing else: a note in Markdown sections, made from the prompt alone,
 * so that the same prompt gives the same note and different prompts give different titles. It is about what stands
 * between the prompt's tags, when it has tags, and keeps the markers that stand alone on a line.
 */
export function noteFrom(prompt: string): string {
  const text = /<(conversation|notes|document)>\n([\s\S]*)\n<\/\1>/.exec(prompt)?.[2] ?? prompt;
  const lines = plainLines(text);
  const headline = longest(lines, 1)[0] ?? "Nothing was said.";
  const mark = sha256(prompt).slice(0, 6);
  const markers = text.split("\n").flatMap((line) => MARKER.exec(line) ?? []);
  const content = [...longest(lines, CONTENT_LINES).map((line) => `- ${clip(line, LINE_CHARS)}`), ...markers];
  return [
    `# ${clip(headline, 24)} ${mark}`,
    `## Summary\nA note on ${lines.length} lines of text, of which the longest begins: ${clip(headline, 80)}.`,
    `## Tags\n${tagsOf(text).join(", ")}`,
    `## Content\n${content.length > 0 ? content.join("\n") : headline}`,
  ].join("\n\n");
}

/** The prompt's lines without what Markdown or a parser could take for structure. */
const plainLines = (prompt: string): readonly string[] =>
  prompt
    .split("\n")
    .filter((line) => !MARKER.test(line))
    .map((line) => line.replace(/^[\s#>*+|-]+|[`|]+/g, "").trim())
    .filter((line) => line !== "");

function tagsOf(prompt: string): readonly string[] {
  const words = new Set(prompt.toLowerCase().match(/\p{L}{4,14}/gu) ?? []);
  const tags = [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, 4);
  return tags.length > 0 ? tags : ["note"];
}

function longest(lines: readonly string[], count: number): readonly string[] {
  const kept = new Set([...lines].sort((a, b) => b.length - a.length).slice(0, count));
  return lines.filter((line) => kept.delete(line));
}

const clip = (text: string, chars: number): string => Array.from(text).slice(0, chars).join("").trim();
