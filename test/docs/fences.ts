/** A fenced block of a Markdown file. */
export interface Fence {
  readonly language: string;
  /** What stands behind the language: `file=summaries.ts`. */
  readonly info: string;
  readonly text: string;
  /** Line of its first fence, from 1. */
  readonly line: number;
}

/** All fenced blocks of a Markdown text, in order. */
export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split("\n");
  for (let i = 0; i < lines.length; i += 1) {
    const [, language, info] = /^```(\w+) ?(.*)$/.exec(lines[i] ?? "") ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf("```", i + 1);
    if (end === -1) throw new Error(`Line ${i + 1}: the fence is never closed.`);
    fences.push({ language, info: info ?? "", text: `${lines.slice(i + 1, end).join("\n")}\n`, line: i + 1 });
    i = end;
  }
  return fences;
}
