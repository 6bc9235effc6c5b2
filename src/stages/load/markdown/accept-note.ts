import { sha256 } from "../../../core/base/index.ts";
import { readFile, rm } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { fsyncFolder, writeFileAtomic } from "../../../core/files/index.ts";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { editFrontMatter, readFrontMatter } from "../../note/front-matter/index.ts";
import { fileState, openNoteFolder, type NoteFolder } from "../../note/index.ts";
import { claimPath } from "./claim-path.ts";

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
  const before = await readFile(file, "utf8");
  const text = editFrontMatter(before, { review_reason: undefined }) ?? before;
  // For an edited note, the ledger keeps the hash of what we wrote: the file never matches it, so it stays the user's.
  const hash = edited ? (entry.outputHash ?? entry.contentHash) : sha256(text);
  const path = await placeFor({ text, hash, entry, folder, ledger, file });
  const outputPath = resolve(folder.path, path);
  await writeFileAtomic(outputPath, text, { what: "accepted-note" });
  ledger.confirm(folder.path, sourceId);
  await rm(file);
  await fsyncFolder(review);
  return { outputPath, edited };
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

async function placeFor({ text, hash, entry, folder, ledger, file }: Acceptance): Promise<string> {
  const { sourceId, contentHash } = entry;
  const known = ledger.find(folder.path, sourceId);
  if (known === undefined) {
    const note = { title: titleOf(text, file), inside: "", sourceId, contentHash, pendingHash: hash };
    return claimPath(note, folder, ledger);
  }
  const there = await readFile(resolve(folder.path, known.path), "utf8").catch(() => undefined);
  if (there !== undefined && there !== text) throw olderThere(file, resolve(folder.path, known.path));
  await folder.open(dirname(known.path) === "." ? "" : dirname(known.path));
  ledger.intend({ target: folder.path, sourceId, contentHash, path: known.path, pendingHash: hash });
  return known.path;
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

const olderThere = (file: string, path: string): HoldfastError =>
  new HoldfastError("usage", `${file} was not accepted: an older version of the note is at ${path}.`, {
    hint: "Nothing was changed. Move that one away or merge the two, then run again.",
  });
