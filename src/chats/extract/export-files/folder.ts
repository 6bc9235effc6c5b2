import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import { readInput } from "../../../stages/extract/input/index.ts";
import { companionNamed, reasonToLeaveOut } from "./companions.ts";
import { inNameOrder } from "./conversations-file.ts";
import type { ExportFiles, LeftOut } from "./export-file.ts";
import { findZips, missingZips, readManifest } from "./manifest.ts";
import { openZipFile } from "./zip.ts";

export interface OpenFolderOptions {
  /** A folder that is not searched, such as the one that notes go to. */
  readonly except?: string | undefined;
}

/**
 * What may be chats in a folder and down to two folders below: JSON files, and those in zips. A zip that cannot be read
 * does not affect the others, and files of other kinds are reported and skipped.
 */
export async function openFolder(folder: string, options: OpenFolderOptions = {}): Promise<ExportFiles> {
  const names = inNameOrder(await namesIn(folder, options));
  const parts: ExportFiles[] = [];
  for (const name of names) parts.push(await openPart(join(folder, name), name));
  const files = parts.flatMap((part) => part.files);
  const leftOut = parts.flatMap((part) => part.leftOut);
  return { inputPaths: parts.flatMap((part) => part.inputPaths), files, leftOut };
}

const NOTHING: ExportFiles = { inputPaths: [], files: [], leftOut: [] };

const leaveOut = (part: LeftOut): ExportFiles => ({ ...NOTHING, leftOut: [part] });

async function openPart(path: string, name: string): Promise<ExportFiles> {
  if (/(^|\/)manifest[^/]*\.json$/i.test(name)) return openManifest(path, name);
  const companion = companionNamed(name);
  if (companion) {
    const reason = reasonToLeaveOut(companion, (await stat(path)).size);
    return reason === undefined ? NOTHING : leaveOut({ kind: "other", path, reason });
  }
  if (/\.zip$/i.test(name)) return openZipPart(path, name);
  if (/\.json$/i.test(name)) {
    return { inputPaths: [path], files: [{ name, path, read: () => readInput(path) }], leftOut: [] };
  }
  return leaveOut({ kind: "other", path, reason: otherFile(name) });
}

function otherFile(name: string): string {
  return MARKDOWN.test(name)
    ? "Markdown files beside chats are not imported with them; import those with `from` set to markdown"
    : `left alone: ${name} is neither a zip file nor JSON`;
}

const MARKDOWN = /\.(md|markdown)$/i;

async function openZipPart(path: string, name: string): Promise<ExportFiles> {
  try {
    const opened = await openZipFile(path, { namePrefix: `${name}/` });
    const holdsNothing = opened.files.length === 0 && opened.leftOut.length === 0;
    return holdsNothing ? leaveOut({ kind: "other", path, reason: `left alone: ${name} holds no chats` }) : opened;
  } catch (error) {
    if (error instanceof HoldfastError) return leaveOut({ kind: "damaged", name, path, error });
    throw error;
  }
}

/** The zips that a manifest lists are found in the folder anyway; only a missing one has to be reported. */
async function openManifest(path: string, name: string): Promise<ExportFiles> {
  const manifest = await readManifest(path);
  if (!manifest) return NOTHING;
  const { missing } = await findZips(manifest);
  if (missing.length === 0) return NOTHING;
  return leaveOut({ kind: "damaged", name, path, error: missingZips(manifest, missing) });
}

const MAX_DEPTH = 2;

/** Paths relative to the folder, with `/`. Files of other kinds are listed only where they lie in the folder itself. */
async function namesIn(
  folder: string,
  { except }: OpenFolderOptions,
  below = "",
  depth = 0,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(join(folder, below), depth)) {
    const name = below + entry.name;
    const path = join(folder, name);
    if (entry.isDirectory()) {
      const isLeftOut = companionNamed(`${name}/`) !== undefined || isIn(path, except);
      if (depth < MAX_DEPTH && !isLeftOut) names.push(...(await namesIn(folder, { except }, `${name}/`, depth + 1)));
    } else if (depth === 0 || /\.(json|zip)$/i.test(name)) names.push(name);
  }
  return names;
}

const isIn = (path: string, folder: string | undefined): boolean =>
  folder !== undefined && !relative(folder, path).startsWith(`..${sep}`) && relative(folder, path) !== "..";

/** A subfolder that may not be read is not worth failing for: the export is more likely in another one. */
const entriesOf = (folder: string, depth: number): Promise<readonly Dirent[]> => {
  const entries = readdir(folder, { withFileTypes: true });
  return depth === 0 ? entries : entries.catch(() => []);
};
