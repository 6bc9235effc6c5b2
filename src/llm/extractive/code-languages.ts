import type { Voice } from "./voices.ts";

/** Languages of code that make a tag, by what fences call them. Shells, data and settings say little about a chat. */
const TAGS: Readonly<Record<string, string>> = {
  js: "javascript",
  jsx: "javascript",
  javascript: "javascript",
  ts: "typescript",
  tsx: "typescript",
  typescript: "typescript",
  py: "python",
  python: "python",
  rb: "ruby",
  ruby: "ruby",
  rs: "rust",
  rust: "rust",
  go: "golang",
  golang: "golang",
  java: "java",
  kotlin: "kotlin",
  swift: "swift",
  php: "php",
  c: "c-language",
  cpp: "cpp",
  csharp: "csharp",
  cs: "csharp",
  sql: "sql",
  html: "html",
  css: "css",
  r: "r-language",
  lua: "lua",
  haskell: "haskell",
  elixir: "elixir",
};

/** The languages of the chat's code as tags, the most frequent first. */
export function codeLanguages(voices: readonly Voice[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const block of voices.flatMap(({ blocks }) => blocks)) {
    const tag = block.kind === "code" && Object.hasOwn(TAGS, block.language) ? TAGS[block.language] : undefined;
    if (tag !== undefined) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([tag]) => tag);
}
