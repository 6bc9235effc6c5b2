import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import {
  DESCRIPTION_OF_KIND,
  contentKind,
  type ContentKind,
  readInput,
  statInput,
} from "../../../stages/extract/input/index.ts";
import { noConversationsFile } from "./conversations-file.ts";
import type { ExportFile, ExportFiles, LeftOut } from "./export-file.ts";
import { type OpenFolderOptions, openFolder } from "./folder.ts";
import { type Manifest, findZips, missingZips, readManifest } from "./manifest.ts";
import { openZipFile } from "./zip.ts";

/**
 * Opens an export: a zip, a folder with JSON files or zips in it, the manifest of an export that came in several zips,
 * or one JSON file. The content decides what a file is. Throws `input_unreadable` and `input_malformed` when nothing in
 * it can be chats; nothing stays open.
 */
export async function openExport(path: string, options: OpenFolderOptions = {}): Promise<ExportFiles> {
  const opened = await findExport(path, options);
  if (opened.files.length > 0) return opened;
  const damaged = opened.leftOut.find((part) => part.kind === "damaged");
  if (damaged) throw damaged.error;
  const wrong = opened.leftOut.find((part) => part.kind === "other" && part.error !== undefined);
  throw wrong?.error ?? noConversationsFile(path, await namesIn(path));
}

/** The same, with no files when nothing can be chats. */
export async function findExport(path: string, options: OpenFolderOptions = {}): Promise<ExportFiles> {
  const opened = await listFiles(path, options);
  const files: ExportFile[] = [];
  const leftOut = [...opened.leftOut];
  // One at a time: a zip may hold more files than a process may open.
  for (const file of opened.files) {
    const wrong = await lookInto(file);
    if (wrong) leftOut.push(leftOutOf(wrong));
    else files.push(file);
  }
  return { ...opened, files, leftOut };
}

async function listFiles(path: string, options: OpenFolderOptions): Promise<ExportFiles> {
  if ((await statInput(path)).isDirectory()) return openFolder(path, options);
  if ((await kindOf(readInput(path))) === "zip") return openZipFile(path);
  const manifest = await readManifest(path);
  if (manifest) return openListed(manifest);
  return { inputPaths: [path], files: [{ name: basename(path), path, read: () => readInput(path) }], leftOut: [] };
}

async function openListed(manifest: Manifest): Promise<ExportFiles> {
  const { found, missing } = await findZips(manifest);
  if (missing.length > 0) throw missingZips(manifest, missing);
  const parts: ExportFiles[] = [];
  for (const path of found) {
    const isFolder = (await statInput(path)).isDirectory();
    parts.push(isFolder ? await openFolder(path) : await openZipFile(path, { namePrefix: `${basename(path)}/` }));
  }
  return {
    inputPaths: parts.flatMap((part) => part.inputPaths),
    files: parts.flatMap((part) => part.files),
    leftOut: parts.flatMap((part) => part.leftOut),
  };
}

interface WrongFile {
  readonly file: ExportFile;
  readonly error: HoldfastError;
  /** A fault of the file itself, and not another kind of file. */
  readonly isDamaged: boolean;
}

async function lookInto(file: ExportFile): Promise<WrongFile | undefined> {
  try {
    const kind = await kindOf(file.read());
    if (kind === "json") return undefined;
    const error = new HoldfastError(
      "input_malformed",
      `${file.path} ${DESCRIPTION_OF_KIND[kind]}, not a chat export.`,
      {
        hint: "Give the export's zip file, its folder, or the conversations.json in it.",
      },
    );
    return { file, error, isDamaged: false };
  } catch (error) {
    if (error instanceof HoldfastError) return { file, error, isDamaged: true };
    throw error;
  }
}

function leftOutOf({ file: { name, path }, error, isDamaged }: WrongFile): LeftOut {
  return isDamaged
    ? { kind: "damaged", name, path, error }
    : { kind: "other", path, error, reason: `left alone: ${error.message.replace(path, name).replace(/\.$/, "")}` };
}

const namesIn = async (path: string): Promise<readonly string[]> =>
  (await statInput(path)).isDirectory() ? readdir(path) : (await openZipFile(path)).entryNames;

async function kindOf(chunks: AsyncIterable<Uint8Array>): Promise<ContentKind> {
  for await (const chunk of chunks) return contentKind(chunk);
  return "empty";
}
