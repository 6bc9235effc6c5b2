import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readFrontMatter, splitNote } from "../../../stages/note/front-matter/index.ts";
import type { SourceNote } from "./source-note.ts";
import { tagsOf } from "./tags-of.ts";

/** A note, or why the file cannot be processed as one. */
export type ParsedFile = Omit<SourceNote, "path" | "hash"> | { readonly reason: string };

/** Reads a Markdown file. `file` is its absolute path; files that it links to are looked for beside it. */
export function parseNote(bytes: Uint8Array, file: string): ParsedFile {
  const text = decode(bytes);
  if (text === undefined) return { reason: "it is not text in UTF-8" };
  const found = readFrontMatter(text);
  if (found.state === "broken") return { reason: found.reason };
  const values = found.state === "read" ? found.values : {};
  if (values["review_reason"] !== undefined) return { reason: "it waits for your review" };
  const { body } = splitNote(text);
  const linked = linkedFile(body, file);
  if (linked !== undefined) return { reason: `it links to a file beside it: ${linked}` };
  return {
    text,
    title: textOf(values["title"]) ?? headingOf(body) ?? basename(file).replace(/\.[^.]+$/, ""),
    tags: tagsOf(values["tags"]),
    ...optional("source", textOf(values["source"])),
    ...optional("genre", textOf(values["genre"])),
    ...optional("topic", textOf(values["topic"])),
  };
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;

const headingOf = (body: string): string | undefined =>
  /^#[ \t]+(.+)/m
    .exec(body)?.[1]
    ?.trimEnd()
    .replace(/(?<!#)#+$/, "")
    .trimEnd() || undefined;

/** A Markdown link or image with a relative path; Obsidian's own links find their file by name, wherever the note is. */
const LINK = /\]\(\s*<?((?:(?!\]\()[^)<>\s])+)>?(?:\s+["'(](?:(?!\]\()[^)])*)?\)/g;
const ELSEWHERE = /^(?:[a-z][a-z0-9+.-]*:|\/|#)/i;

/** A link that would lead nowhere once the note is in another folder. */
function linkedFile(body: string, file: string): string | undefined {
  for (const [, target = ""] of body.matchAll(LINK)) {
    if (ELSEWHERE.test(target)) continue;
    const path = decoded(target.replace(/[?#].*$/, ""));
    if (path !== "" && existsSync(join(dirname(file), path))) return path;
  }
  return undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const optional = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });
