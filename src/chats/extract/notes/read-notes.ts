import { sha256 } from "../../../core/base/index.ts";
import { readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { Source, SourceInput, SourceRecord } from "../../../core/pipeline/index.ts";
import { listFiles, type FoundFile } from "./list-files.ts";
import { sizeOf, UNREADABLE_FOLDER, whyUnreadable } from "../why-unreadable.ts";
import { parseNote } from "./parse-note.ts";
import type { SourceNote } from "./source-note.ts";

/** What {@link readNotes} leaves out. */
export interface ReadNotesOptions {
  /** A folder inside the one that is read, to be left out: where the notes go, for one. */
  readonly except?: string;
}

/**
 * Reads the Markdown files of a folder and its sub-folders; an item's id is the file's path in the folder. Files that
 * cannot be moved as notes are skipped with a reason: other files, links, hidden ones, notes with broken front matter,
 * those that wait for a review, and those that link to a file beside them.
 *
 * @example
 * ```ts
 * import { mkdirSync, writeFileSync } from "node:fs";
 * import { readNotes } from "holdfast/chats";
 *
 * mkdirSync("notes");
 * writeFileSync("notes/kelp.md", "---\ntags: [algae]\ngenre: science\n---\n\n# Kelp\n\nIt grips rock.\n");
 * for await (const record of readNotes("notes").read({ signal: new AbortController().signal })) {
 *   if (record.kind === "item") console.log(record.itemId, record.content.title, record.content.genre);
 * }
 * // prints: kelp.md Kelp science
 * ```
 */
export function readNotes(folder: string, { except }: ReadNotesOptions = {}): Source<SourceNote> {
  return Object.freeze({
    name: "read_notes",
    version: 1,
    async check(): Promise<readonly SourceInput[]> {
      const home = await openFolder(folder);
      let bytes = 0;
      for await (const found of filesOf(home, except)) {
        if (isMarkdown(found)) bytes += await sizeOf(join(home, found.path));
      }
      return [{ path: home, bytes }];
    },
    async *read(): AsyncIterable<SourceRecord<SourceNote>> {
      const home = await openFolder(folder);
      const found: FoundFile[] = [];
      // Listed completely before the first is processed: moving notes changes the folder.
      for await (const file of filesOf(home, except)) found.push(file);
      yield { kind: "total", count: found.length };
      for (const file of found) yield await recordOf(file, home);
    },
  });
}

const WHY_NOT: Readonly<Record<Exclude<FoundFile["kind"], "file">, string>> = {
  link: "a symbolic link",
  hidden: "hidden",
  "left out": "the folder that notes go to",
  other: "neither a file nor a folder",
  unreadable: UNREADABLE_FOLDER,
};

async function recordOf(found: FoundFile, home: string): Promise<SourceRecord<SourceNote>> {
  const { path, kind } = found;
  const file = join(home, path);
  const id = { itemId: path, sourcePath: file };
  if (kind !== "file") return { kind: "skipped", ...id, reason: WHY_NOT[kind] };
  if (!isMarkdown(found)) return { kind: "skipped", ...id, reason: "not a Markdown file" };
  try {
    const bytes = await readFile(file);
    const parsed = parseNote(bytes, file);
    if ("reason" in parsed) return { kind: "skipped", ...id, reason: parsed.reason };
    return { kind: "item", ...id, content: { path, hash: sha256(bytes), ...parsed } };
  } catch (cause) {
    return { kind: "broken", ...id, error: new Error(whyUnreadable(path, cause), { cause }) };
  }
}

const isMarkdown = ({ path, kind }: FoundFile): boolean => kind === "file" && /\.(?:md|markdown)$/i.test(path);

async function* filesOf(home: string, except: string | undefined): AsyncIterable<FoundFile> {
  const leftOut = except === undefined ? undefined : await realpath(except).catch(() => resolve(except));
  // Notes that are organized in the folder that they are in are read, of course.
  yield* listFiles(home, leftOut === home ? undefined : leftOut);
}

async function openFolder(folder: string): Promise<string> {
  try {
    const path = await realpath(folder);
    if ((await stat(path)).isDirectory()) return path;
  } catch (cause) {
    throw new HoldfastError("input_unreadable", `Cannot read the folder ${JSON.stringify(folder)}.`, {
      cause,
      hint: "Name the folder that the notes are in.",
    });
  }
  throw new HoldfastError("input_unreadable", `${JSON.stringify(folder)} is a file, not a folder of notes.`, {
    hint: "Name the folder that the notes are in.",
  });
}
