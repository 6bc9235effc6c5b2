import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readInput } from "../input-file.ts";
import { CONVERSATIONS_FILE, inNameOrder, noConversationsFile } from "./conversations-file.ts";
import type { ExportFile } from "./export-file.ts";

/** What a folder holds: the files of an export, or the zip it came in. */
export type FolderContent =
  | { readonly kind: "files"; readonly files: readonly ExportFile[] }
  | { readonly kind: "zip"; readonly path: string };

/**
 * The `conversations*.json` files in a folder; those one level down only when it holds none itself; the one zip in it
 * when there are none there either. Of several zips none is chosen.
 */
export async function lookInFolder(folder: string): Promise<FolderContent> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const subfolders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);

  let found = names.filter(isConversationsFile);
  if (found.length === 0) found = (await Promise.all(subfolders.map((name) => namesBelow(folder, name)))).flat();
  const [zip, ...otherZips] = found.length === 0 ? names.filter((name) => /\.zip$/i.test(name)) : [];
  if (zip !== undefined && otherZips.length === 0) return { kind: "zip", path: join(folder, zip) };
  if (found.length === 0) throw noConversationsFile(folder, [...names, ...subfolders.map((name) => `${name}/`)]);
  const files = inNameOrder(found).map((name) => {
    const path = join(folder, name);
    return { name, path, read: () => readInput(path) };
  });
  return { kind: "files", files };
}

async function namesBelow(folder: string, subfolder: string): Promise<readonly string[]> {
  // A subfolder that may not be read is not worth failing for: the export is more likely in another one.
  const names = await readdir(join(folder, subfolder)).catch(() => []);
  return names.filter(isConversationsFile).map((name) => `${subfolder}/${name}`);
}

const isConversationsFile = (name: string): boolean => CONVERSATIONS_FILE.test(name);
