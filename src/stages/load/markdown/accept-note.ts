import { sha256 } from "../../../core/base/index.ts";
import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fsyncFolder, removeUnlessChanged, wasTaken, writeFileAtomic } from "../../../core/files/index.ts";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { editFrontMatter, readFrontMatter } from "../../note/front-matter/index.ts";
import { fileState, openNoteFolder, type NoteFolder } from "../../note/index.ts";
import { isAnothersFile } from "./anothers-file.ts";
import { reservePath } from "./reserve-path.ts";

/** A note in a review folder, and where it went. */
export interface AcceptedNote {
  /** Absolute path among the other notes. */
  readonly outputPath: string;
  /** Whether it was edited in review: then it belongs to the user, as any edited note does. */
  readonly edited: boolean;
}

/**
 * Moves a note out of its review folder to the notes around that folder, without its `review_reason`; its body stays as
 * it is. The ledger records it before and after, so that a crash at any instant leaves the note whole in one of the two
 * places, and accepting it again continues. Throws a `HoldfastError` (`usage`) when the ledger does not know the note,
 * or when the notes have an older version of it.
 */
export async function acceptNote(file: string, sourceId: string, ledger: Ledger): Promise<AcceptedNote> {
  const folder = await openNoteFolder(dirname(dirname(file)));
  const review = resolve(folder.path, basename(dirname(file)));
  const entry = ledger.find(review, sourceId);
  if (entry === undefined) throw unknown(file);
  const edited = (await fileState(file, entry)) === "edited";
  const before = await readFile(file);
  const text = editFrontMatter(before.toString(), { review_reason: undefined }) ?? before.toString();
  // For an edited note, the ledger keeps the hash of what we wrote: the file never matches it, so it stays the user's.
  const hash = edited ? (entry.outputHash ?? entry.contentHash) : sha256(text);
  const outputPath = await put({ text, hash, entry, folder, ledger, file });
  ledger.confirm(folder.path, sourceId);
  if (!removeUnlessChanged(file, (found) => found !== undefined && Buffer.from(found).equals(before))) {
    throw changedMeanwhile(file, outputPath);
  }
  await fsyncFolder(review);
  return { outputPath, edited };
}

/** How often another name is looked for because a file took the last one at that very moment. */
const MOST_TRIES = 5;

/** Writes the accepted note where nothing is, and returns where. */
async function put(accepted: Acceptance): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const { path, isThere } = await placeFor(accepted);
    const outputPath = resolve(accepted.folder.path, path);
    if (isThere) return outputPath;
    try {
      await writeFileAtomic(outputPath, accepted.text, { what: "accepted-note", replace: false });
      return outputPath;
    } catch (error) {
      if (tries === MOST_TRIES || !wasTaken(error)) throw error;
    }
  }
}

interface Acceptance {
  readonly text: string;
  /** What the ledger records about the file. */
  readonly hash: string;
  readonly entry: LedgerEntry;
  readonly folder: NoteFolder;
  readonly ledger: Ledger;
  readonly file: string;
}

interface Place {
  /** Relative to the notes. */
  readonly path: string;
  /** Whether a crash came after it was written. */
  readonly isThere: boolean;
}

async function placeFor({ text, hash, entry, folder, ledger, file }: Acceptance): Promise<Place> {
  const { sourceId, contentHash } = entry;
  const known = ledger.find(folder.path, sourceId);
  const isNew = known === undefined || (await isAnothersFile(known, folder, sourceId));
  if (isNew) {
    const note = { title: titleOf(text, file), inside: "", sourceId, contentHash, pendingHash: hash };
    return { path: reservePath(note, folder, ledger), isThere: false };
  }
  const there = await readFile(resolve(folder.path, known.path), "utf8").catch(() => undefined);
  if (there !== undefined && there !== text) throw olderThere(file, resolve(folder.path, known.path));
  await folder.open(dirname(known.path) === "." ? "" : dirname(known.path));
  ledger.intend({ target: folder.path, sourceId, contentHash, path: known.path, pendingHash: hash });
  return { path: known.path, isThere: there !== undefined };
}

function titleOf(text: string, file: string): string {
  const found = readFrontMatter(text);
  const title = found.state === "read" ? found.values["title"] : undefined;
  return typeof title === "string" ? title : basename(file, ".md");
}

const unknown = (file: string): HoldfastError =>
  new HoldfastError("usage", `${file} is not a note in review.`, {
    hint: { kind: "list_review" },
  });

const changedMeanwhile = (file: string, path: string): HoldfastError =>
  new HoldfastError("usage", `${file} was changed while it was being accepted; it is at ${path} as it was before.`, {
    hint: "Both files are there. Keep the one that you want.",
  });

const olderThere = (file: string, path: string): HoldfastError =>
  new HoldfastError("usage", `${file} was not accepted: an older version of the note is at ${path}.`, {
    hint: "Nothing was changed. Move that one away or merge the two, then run again.",
  });
