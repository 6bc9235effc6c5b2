import { sha256 } from "../../../core/base/index.ts";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { wasTaken, writeFileAtomic } from "../../../core/files/index.ts";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { skipItem, type Skip, type LoadChange, type Loaded } from "../../../core/pipeline/index.ts";
import { fileState, type FileState, type NoteFolder, folderOf } from "../../note/index.ts";
import { noNameLeft, pathsBeside, setAside } from "./beside.ts";
import { hasHash, isAnothersFile } from "./anothers-file.ts";
import { reservePath, type NewNote } from "./reserve-path.ts";
import { siblingId, type OnEdited } from "./on-edited.ts";
import { draftOver } from "./organized.ts";

/** A note as it will be written, and what the ledger records about it. */
export interface Draft extends Omit<NewNote, "load"> {
  readonly text: string;
  /** The key of this load: the same when a crash repeats it. */
  readonly call: string;
}

/** Where a note goes, and how. */
export interface LoadPlace {
  readonly folder: NoteFolder;
  readonly ledger: Ledger;
  readonly onEdited: OnEdited;
}

/** A place during one load. */
interface OpenPlace extends LoadPlace {
  /** Hashes of what another session was about to write here when this load replaced its intent: such a file is ours too. */
  readonly theirs: Set<string>;
}

/** Why newer content was not written. */
export const KEPT = "edited by you, kept as it is";
export const ALREADY_BESIDE = "edited by you; the newer version is already beside it";

/** How often a load begins again because the user was at the same file at the same moment. */
const MOST_TRIES = 5;

/**
 * Writes a note to a folder, or follows `onEdited` when the user has edited it there. A load that a crash repeats
 * reports the same as before. A file that the user makes or edits meanwhile is never overwritten: the load begins again, and
 * finds it.
 */
export async function loadNote(draft: Draft, given: LoadPlace): Promise<Loaded | Skip> {
  const place: OpenPlace = { ...given, theirs: new Set() };
  for (let tries = 1; ; tries += 1) {
    try {
      return await loadOnce(draft, place);
    } catch (error) {
      if (tries === MOST_TRIES || !wasTaken(error)) throw error;
    }
  }
}

async function loadOnce(draft: Draft, place: OpenPlace): Promise<Loaded | Skip> {
  const { folder, ledger, onEdited } = place;
  const { sourceId, contentHash } = draft;
  const found = await look(sourceId, place);
  if (found === undefined) {
    await folder.open(draft.inside);
    // Another session may have begun the note meanwhile; from here to its own intent nothing is waited for.
    return ledger.find(folder.path, sourceId) === undefined ? create(draft, place) : loadOnce(draft, place);
  }
  const { entry, state } = found;
  if (state === "edited" && (await isAnothersFile(entry, folder, sourceId))) {
    await folder.open(draft.inside);
    return create(draft, place);
  }
  const begun = changeBegun(entry, draft);
  if (begun !== undefined && isWritten(entry, state)) return loadedAt(entry.path, { ...place, change: begun });
  if (state !== "edited") return update(draft, { entry, state }, { ...place, change: begun ?? changeOf(state) });
  switch (onEdited) {
    case "keep":
      ledger.keep(folder.path, sourceId, contentHash);
      return skipItem(KEPT);
    case "sibling":
      return loadBeside(draft, entry.path, place);
    case "overwrite": {
      const replacing: WritePlace = { ...place, change: "replaced" };
      // Recorded first: once the user's version is moved, nothing else shows that there was one.
      reserve(draft, entry.path, replacing);
      await setAside(entry.path, folder);
      return update(draft, { entry, state: "missing" }, replacing);
    }
  }
}

/** Writes the newer content beside the user's note, replacing what was written there before, unless that was edited too. */
async function loadBeside(draft: Draft, note: string, notePlace: OpenPlace): Promise<Loaded | Skip> {
  const { folder } = notePlace;
  const place: WritePlace = { ...notePlace, change: "beside" };
  const sibling = { ...draft, sourceId: siblingId(draft.sourceId) };
  const found = await look(sibling.sourceId, place);
  if (found !== undefined) {
    const { entry, state } = found;
    if (changeBegun(entry, draft) !== undefined && isWritten(entry, state)) return loadedAt(entry.path, place);
    // Whatever happened to the file, the user has seen it.
    if (entry.contentHash === draft.contentHash && entry.pendingHash === undefined) return skipItem(ALREADY_BESIDE);
    if (state !== "edited") return update(sibling, { entry, state }, place);
  }
  await folder.open(folderOf(note));
  for (const path of pathsBeside(note, "new")) {
    if (!folder.holds(path) && reserve(sibling, path, place)) return write(sibling, path, place);
  }
  throw noNameLeft(note, folder);
}

interface Found {
  readonly entry: LedgerEntry;
  readonly state: FileState;
}

/**
 * What the ledger knows of a note, and whose its file is; `undefined` when it knows nothing. The two are looked at one after the
 * other: a file that another session wrote in between is no user's, and both are looked at again.
 */
async function look(sourceId: string, place: OpenPlace): Promise<Found | undefined> {
  const { folder, ledger, theirs } = place;
  const entry = ledger.find(folder.path, sourceId);
  if (entry === undefined) return undefined;
  const state = await settle(entry, place);
  if (state !== "edited") return { entry, state };
  for (const outputHash of theirs) {
    const written = { ...entry, outputHash };
    if ((await fileState(resolve(folder.path, entry.path), written)) === "written")
      return { entry: written, state: "written" };
  }
  const now = ledger.find(folder.path, sourceId);
  return now === undefined || isSameWrite(now, entry) ? { entry, state } : look(sourceId, place);
}

const isSameWrite = (one: LedgerEntry, other: LedgerEntry): boolean =>
  one.path === other.path && one.outputHash === other.outputHash && one.pendingHash === other.pendingHash;

/**
 * Whether the file of an entry is ours or the user's. A write that a crash left unconfirmed is confirmed: the next
 * intent replaces it, and then nothing else would show that the file is ours.
 */
async function settle(entry: LedgerEntry, { folder, ledger }: LoadPlace): Promise<FileState> {
  const state = await fileState(resolve(folder.path, entry.path), entry);
  if (state === "pending") ledger.confirm(folder.path, entry.sourceId);
  return state;
}

/** Where a note goes, and the kind of change. */
interface WritePlace extends OpenPlace {
  readonly change: LoadChange;
  /** Hash of the file that it takes the place of. @default none: a file that is there is not ours */
  readonly over?: string | undefined;
}

/** What this load was about to do before a crash; `undefined` when the entry belongs to another load. */
const changeBegun = ({ load }: LedgerEntry, { call }: Draft): LoadChange | undefined =>
  load?.call === call ? load.change : undefined;

/** Whether the last write is done. Later edits of the file are no reason to write it again. */
const isWritten = ({ pendingHash }: LedgerEntry, state: FileState): boolean =>
  pendingHash === undefined || state === "pending";

const changeOf = (state: FileState): LoadChange => (state === "missing" ? "created" : "updated");

/** The file of a note that is not the user's. */
interface OurFile extends Found {
  readonly state: Exclude<FileState, "edited">;
}

/** Replaces what we wrote, as long as it is still that. */
async function update(draft: Draft, { entry, state }: OurFile, place: WritePlace): Promise<Loaded> {
  const { folder } = place;
  const { path } = entry;
  const before = await readFile(resolve(folder.path, path), "utf8").catch(() => "");
  const newer = draftOver(draft, before);
  reserve(newer, path, place);
  await folder.open(folderOf(path));
  const ours = { missing: undefined, written: entry.outputHash, pending: entry.pendingHash }[state];
  return write(newer, path, { ...place, over: ours });
}

/** Writes a note that has no file yet. Its folder is open. */
async function create(draft: Draft, place: OpenPlace): Promise<Loaded> {
  const { folder, ledger } = place;
  noteTheirs(draft, place);
  const load = { call: draft.call, change: "created" } as const;
  return write(draft, reservePath({ ...draft, load }, folder, ledger), { ...place, change: load.change });
}

function reserve(draft: Draft, path: string, place: WritePlace): boolean {
  noteTheirs(draft, place);
  const { folder, ledger, change } = place;
  const { sourceId, contentHash, pendingHash, call } = draft;
  return ledger.intend({ target: folder.path, sourceId, contentHash, path, pendingHash, load: { call, change } });
}

/** Right before an intent: what it replaces may be on its way to the disk in another session. */
function noteTheirs({ sourceId, pendingHash }: Draft, { folder, ledger, theirs }: OpenPlace): void {
  const replaced = ledger.find(folder.path, sourceId)?.pendingHash;
  if (replaced !== undefined && replaced !== pendingHash) theirs.add(replaced);
}

/** The order makes a crash at any instant harmless: the intent, which was recorded before, the file, the confirmation. */
async function write({ text, sourceId }: Draft, path: string, place: WritePlace): Promise<Loaded> {
  const { folder, ledger, over } = place;
  const outputPath = resolve(folder.path, path);
  const replace = over === undefined ? false : hasHash(over);
  await writeFileAtomic(outputPath, text, { what: "note", replace });
  // Checked again: another process may have written the same note in between, and its file is ours too.
  ledger.confirm(folder.path, sourceId, sha256(readFileSync(outputPath)));
  return loadedAt(path, place);
}

const loadedAt = (path: string, { folder, change }: WritePlace): Loaded => ({
  outputPath: resolve(folder.path, path),
  change,
});
