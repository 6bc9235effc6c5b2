import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HoldfastError } from "../../../core/failure/index.ts";
import { statInput } from "../../../stages/extract/input/index.ts";

/** Markdown files below one folder. */
export interface DocumentFiles {
  /** Absolute. */
  readonly root: string;
  /** Paths from the root on, with `/`, in the order of their names. */
  readonly names: readonly string[];
  /** Folders below the root that cannot be read. */
  readonly unreadable: readonly string[];
  /** Whether the folder that is not to be read lies in the root and holds Markdown files. */
  readonly excepted: boolean;
}

export const MARKDOWN_NAME: RegExp = /\.(md|markdown|mkd)$/i;

/** Folders of programs, not of a person: dependencies, version control, what a site generator made. */
const PASSED_OVER = /^(\..*|node_modules|__MACOSX|_site|vendor)$/;

/** Finds the Markdown files in a folder and all its subfolders; a file is found alone. Throws `input_unreadable`. */
export async function findDocuments(path: string, except: string | undefined): Promise<DocumentFiles> {
  if (!(await statInput(path)).isDirectory()) {
    return { root: dirname(path), names: [basename(path)], unreadable: [], excepted: false };
  }
  if (path === except) {
    throw new HoldfastError("input_malformed", `${path} is also the folder that the notes go to.`, {
      hint: { kind: "give_other_folder" },
    });
  }
  const names: string[] = [];
  const unreadable: string[] = [];
  let excepted = false;
  for await (const name of markdownBelow(path, { unreadable })) {
    const isExcepted = except !== undefined && join(path, name).startsWith(join(except, "/"));
    if (isExcepted) excepted = true;
    else names.push(name);
  }
  return { root: path, names, unreadable, excepted };
}

async function* markdownBelow(
  root: string,
  { unreadable, below = "" }: { readonly unreadable: string[]; readonly below?: string },
): AsyncGenerator<string, void, undefined> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch((error: unknown) => {
    if (below === "") throw error;
    // A subfolder that may not be read is not worth failing for.
    unreadable.push(below.slice(0, -1));
    return [];
  });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below + entry.name;
    const isEntered = entry.isDirectory() && !PASSED_OVER.test(entry.name);
    if (isEntered) yield* markdownBelow(root, { unreadable, below: `${name}/` });
    else if (entry.isFile() && MARKDOWN_NAME.test(entry.name)) yield name;
  }
}
