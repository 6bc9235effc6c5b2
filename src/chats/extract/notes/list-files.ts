import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Something in a folder or below it; `path` is relative to that folder, with `/`. */
export interface FoundFile {
  readonly path: string;
  readonly kind: "file" | "link" | "hidden" | "left out" | "other" | "unreadable";
}

/**
 * All that is in a folder and below it, in the order of the names. Symbolic links are not followed; what is hidden (its
 * name starts with a dot), the folder `except` and a folder that cannot be read are named once, and not looked into.
 */
export async function* listFiles(folder: string, except: string | undefined, inside = ""): AsyncIterable<FoundFile> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch((error: unknown) => {
    if (inside === "") throw error;
    return undefined;
  });
  if (!entries) yield { path: inside, kind: "unreadable" };
  for (const entry of (entries ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = inside === "" ? entry.name : `${inside}/${entry.name}`;
    if (entry.name.startsWith(".")) yield { path, kind: "hidden" };
    else if (entry.isSymbolicLink()) yield { path, kind: "link" };
    else if (entry.isFile()) yield { path, kind: "file" };
    else if (!entry.isDirectory()) yield { path, kind: "other" };
    else if (join(folder, path) === except) yield { path, kind: "left out" };
    else yield* listFiles(folder, except, path);
  }
}
