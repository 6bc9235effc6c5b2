import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readInput } from "../input-file.ts";
import { CONVERSATIONS_FILE, inNameOrder, noConversationsFile } from "./conversations-file.ts";
import type { ExportFile } from "./export-file.ts";

/** The `conversations*.json` files in a folder; those one level down only when it holds none itself. */
export async function filesInFolder(folder: string): Promise<readonly ExportFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const subfolders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name);

  let found = names.filter(isConversationsFile);
  if (found.length === 0) found = (await Promise.all(subfolders.map((name) => namesBelow(folder, name)))).flat();
  if (found.length === 0) throw noConversationsFile(folder, [...names, ...subfolders.map((name) => `${name}/`)]);
  return inNameOrder(found).map((name) => {
    const path = join(folder, name);
    return { name, path, read: () => readInput(path) };
  });
}

async function namesBelow(folder: string, subfolder: string): Promise<readonly string[]> {
  // A subfolder that may not be read is not worth failing for: the export is more likely in another one.
  const names = await readdir(join(folder, subfolder)).catch(() => []);
  return names.filter(isConversationsFile).map((name) => `${subfolder}/${name}`);
}

const isConversationsFile = (name: string): boolean => CONVERSATIONS_FILE.test(name);
