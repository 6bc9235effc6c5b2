import { rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { writeFileAtomic } from "../../../core/atomic-write.ts";
import { HoldfastError } from "../../../core/errors.ts";
import type { Ledger } from "../../../core/ledger.ts";
import { skip, type Skip } from "../../../core/outcome.ts";
import type { Loaded, Sink } from "../../../core/sink.ts";
import type { StepContext } from "../../../core/step-context.ts";
import type { Note } from "../../note.ts";
import { claimName, type NewNote } from "./claim-name.ts";
import { sha256 } from "./hash.ts";
import { fileState } from "./note-file.ts";
import { assertWritable, openNoteFolder, type NoteFolder } from "./note-folder.ts";
import { renderNote } from "./render-note.ts";

export interface WriteMarkdownOptions {
  /** Folder inside the notes' folder for items that a person should look at. @default "review" */
  readonly reviewFolder?: string;
}

/**
 * Writes each item as one Markdown file with YAML front matter, named after its title. An item that was loaded before,
 * in whatever session, updates its file in place, under the name it has; a file that somebody edited is kept as it is and
 * the item ends as skipped. Relative folders are taken from the working directory.
 */
export function writeMarkdown<C>(
  folder: string,
  toNote: (content: C) => Note,
  options: WriteMarkdownOptions = {},
): Sink<C> {
  const { reviewFolder = "review" } = options;
  assertFolderName(reviewFolder);
  const home = resolve(folder);
  const folders = new Map<string, Promise<NoteFolder>>();

  const open = (path: string): Promise<NoteFolder> => {
    const opened = folders.get(path) ?? openNoteFolder(path);
    folders.set(path, opened);
    opened.catch(() => folders.delete(path));
    return opened;
  };

  return Object.freeze({
    name: "write_note",
    version: 1,
    async check(): Promise<void> {
      folders.clear();
      await assertWritable(await open(home));
    },
    async load(content: C, ctx: StepContext): Promise<Loaded | Skip> {
      const draft = draftNote(toNote(content), ctx);
      const notes = await open(home);
      const review = join(notes.path, reviewFolder);
      if (ctx.reviewReason !== undefined) return loadNote(draft, await open(review), ctx.ledger);
      const loaded = await loadNote(draft, notes, ctx.ledger);
      await removeReviewed(draft.sourceId, review, ctx.ledger);
      return loaded;
    },
  });
}

/** A note as it will be written, and what the ledger is told of it. */
interface Draft extends NewNote {
  readonly text: string;
}

function draftNote(note: Note, { itemId, sessionId, reviewReason }: StepContext): Draft {
  const { title, sourceId = itemId } = note;
  const contentHash = note.contentHash ?? sha256(renderNote(note, { sourceId }));
  const text = renderNote(note, {
    sourceId,
    contentHash,
    session: sessionId,
    ...(reviewReason !== undefined && { reviewReason }),
  });
  return { title, sourceId, contentHash, pendingHash: sha256(text), text };
}

/** The order is what makes a crash at any instant harmless: the intent, the file, the confirmation. */
async function loadNote({ text, ...note }: Draft, folder: NoteFolder, ledger: Ledger): Promise<Loaded | Skip> {
  const name = await reserveName(note, folder, ledger);
  if (name === undefined) return skip("edited by you, kept as it is");
  const outputPath = join(folder.path, name);
  await writeFileAtomic(outputPath, text);
  ledger.confirm(folder.path, note.sourceId);
  return { outputPath };
}

/** `undefined` when the note's file was edited and must be left alone. */
async function reserveName(note: NewNote, folder: NoteFolder, ledger: Ledger): Promise<string | undefined> {
  const { sourceId, contentHash, pendingHash } = note;
  const target = folder.path;
  const entry = ledger.find(target, sourceId);
  if (entry === undefined) return claimName(note, folder, ledger);
  const state = await fileState(join(target, entry.path), entry);
  if (state === "edited") return undefined;
  // The new intent replaces the old one, so what that one wrote is confirmed first: else nothing would show that it is ours.
  if (state === "pending") ledger.confirm(target, sourceId);
  ledger.intend({ target, sourceId, contentHash, path: entry.path, pendingHash });
  return entry.path;
}

/** A note that passes now leaves the review folder, unless somebody edited the copy there. */
async function removeReviewed(sourceId: string, review: string, ledger: Ledger): Promise<void> {
  const entry = ledger.find(review, sourceId);
  if (entry === undefined) return;
  const path = join(review, entry.path);
  if ((await fileState(path, entry)) !== "edited") await rm(path, { force: true });
}

function assertFolderName(name: string): void {
  if (name === basename(name) && ![".", "..", ""].includes(name)) return;
  throw new HoldfastError(
    "pipeline_invalid",
    `Expected \`reviewFolder\` to be the name of one folder, got ${JSON.stringify(name)}.`,
  );
}
