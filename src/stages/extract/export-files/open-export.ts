import { basename } from "node:path";
import { HoldfastError } from "../../../core/errors.ts";
import { readInput, statInput } from "../input-file.ts";
import { DESCRIPTION_OF_KIND, contentKind, type ContentKind } from "../content-kind.ts";
import type { ExportFile } from "./export-file.ts";
import { lookInFolder } from "./folder.ts";
import { filesInZip } from "./zip.ts";

export interface ExportFiles {
  /** The files on disk that hold it all: the zip, or the JSON files. */
  readonly inputPaths: readonly string[];
  /** At least one, in the order of their names. */
  readonly files: readonly ExportFile[];
}

/**
 * Opens an export: a zip, a folder with `conversations*.json` in it or one level down or with one zip in it, or one JSON file. What a path
 * is, its content decides. Throws `input_unreadable` and `input_malformed`; nothing stays open.
 */
export async function openExport(path: string): Promise<ExportFiles> {
  const opened = await listFiles(path);
  for (const file of opened.files) await requireJson(file);
  return opened;
}

async function listFiles(path: string): Promise<ExportFiles> {
  if ((await statInput(path)).isDirectory()) {
    const content = await lookInFolder(path);
    if (content.kind === "zip") return openZip(content.path);
    return { inputPaths: content.files.map((file) => file.path), files: content.files };
  }
  if ((await kindOf(readInput(path))) === "zip") return openZip(path);
  return { inputPaths: [path], files: [{ name: basename(path), path, read: () => readInput(path) }] };
}

const openZip = async (path: string): Promise<ExportFiles> => ({ inputPaths: [path], files: await filesInZip(path) });

async function requireJson(file: ExportFile): Promise<void> {
  const kind = await kindOf(file.read());
  if (kind === "json") return;
  throw new HoldfastError("input_malformed", `${file.path} ${DESCRIPTION_OF_KIND[kind]}, not a chat export.`, {
    hint: "Give the export's zip file, its folder, or the conversations.json in it.",
  });
}

async function kindOf(chunks: AsyncIterable<Uint8Array>): Promise<ContentKind> {
  for await (const chunk of chunks) return contentKind(chunk);
  return "empty";
}
