import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { foldPath } from "../../../core/files/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { pathsBeside } from "../../../stages/load/markdown/index.ts";
import { noteName } from "../../../stages/note/index.ts";
import type { OnConflict } from "./on-conflict.ts";
import { vaultFolder, type VaultFolders } from "./vault-folder.ts";
import type { Vault } from "./vault.ts";

/** `rewrite`: the note is where it belongs, and its front matter changes. */
export type MoveKind = "move" | "copy" | "rewrite";

/** Where a note goes; paths are relative to the vault, with `/`. */
export interface MoveToMake {
  readonly kind: MoveKind;
  readonly to: string;
  /** Where the file goes that has the place now. */
  readonly replaced?: string;
}

/** Why a note stays where it is. */
export interface NoMove {
  /** `skip`: it is there already, or where it belongs. `exists`: another file has its place. */
  readonly kind: "skip" | "exists";
  /** Where it would go, relative to the vault, with `/`. */
  readonly to: string;
  /** Why, for a person. */
  readonly reason: string;
}

/** A row of the preview. */
export interface PlannedMove extends Pick<ClassifiedNote, "genre" | "topic"> {
  /** The note, relative to the folder that is organized. */
  readonly path: string;
  /** Where it goes, relative to the vault, with `/`. */
  readonly to: string;
  /** What would be done with it; `skip` and `exists`: it stays. */
  readonly kind: MoveKind | NoMove["kind"];
  /** Where the file goes that has the place now, relative to the vault, with `/`. */
  readonly replaced?: string;
  /** Why it stays, or why it is not classified. */
  readonly reason?: string;
}

export interface PlanOptions extends VaultFolders {
  readonly vault: Vault;
  readonly kind: "move" | "copy";
  readonly onConflict: OnConflict;
}

/** A note with the text that it will have. */
export interface NoteToMove extends ClassifiedNote {
  /** Its file, as an absolute path. */
  readonly file: string;
  readonly text: string;
  readonly newText: string;
}

const IN_PLACE = "already where it belongs";
const SAME_THERE = "the same note is there already";
const TAKEN = "another file is in its place";

const MAX_COPIES = 999;

/** Decides where a note goes, and reserves the place. It is synchronous, so that no two notes get the same place. */
export function planMove(note: NoteToMove, { vault, kind, onConflict, ...folders }: PlanOptions): MoveToMake | NoMove {
  const here = vault.inside(note.file);
  const folder = vault.spelled(vaultFolder(note, folders));
  const to = folder === "" ? posix.basename(note.path) : `${folder}/${posix.basename(note.path)}`;
  if (
    here !== undefined &&
    isInPlace(here, note, vault.spelled(vaultFolder({ ...note, isGuess: true }, folders)), to)
  ) {
    const staysAsItIs = note.newText === note.text || kind === "copy";
    return staysAsItIs ? { kind: "skip", to: here, reason: IN_PLACE } : { kind: "rewrite", to: here };
  }
  // A note of the same run is never replaced by another one: both are new.
  const isNumbered = onConflict === "increment" || (onConflict === "overwrite" && vault.isTaken(to));
  for (const path of isNumbered ? numbered(to) : [to]) {
    if (!vault.holds(path)) return taken({ kind, to: path }, vault);
    const there = vault.spelled(path);
    if (holdsText(vault, there, note.newText)) return { kind: "skip", to: there, reason: SAME_THERE };
  }
  if (isNumbered || onConflict === "skip") return { kind: "exists", to, reason: TAKEN };
  // The file that is there may differ in case: the note gets its name, so that there is one of it everywhere.
  const place = vault.spelled(to);
  for (const replaced of pathsBeside(place, "replaced")) {
    if (vault.holds(replaced)) continue;
    vault.take(replaced);
    return taken({ kind, to: place, replaced }, vault);
  }
  return { kind: "exists", to, reason: TAKEN };
}

function taken(move: MoveToMake, vault: Vault): MoveToMake {
  vault.take(move.to);
  return move;
}

/** A note that is somewhere in the folder of its genre stays there: its owner may have put it into a folder of that. */
function isInPlace(here: string, { genre }: ClassifiedNote, genreFolder: string, to: string): boolean {
  const isBelow = genre !== undefined && genreFolder !== "" && foldPath(here).startsWith(`${foldPath(genreFolder)}/`);
  return isBelow || foldPath(here) === foldPath(to);
}

function* numbered(path: string): Iterable<string> {
  yield path;
  const { dir, name } = posix.parse(path);
  for (let n = 2; n <= MAX_COPIES; n += 1) yield posix.join(dir, noteName(name, { suffix: String(n) }));
}

function holdsText(vault: Vault, path: string, text: string): boolean {
  try {
    return readFileSync(posix.join(vault.path, path)).equals(Buffer.from(text));
  } catch {
    // A folder, a note that is on its way there, or a file that may not be read: another one in any case.
    return false;
  }
}
