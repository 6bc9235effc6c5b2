import { sha256 } from "../../../core/base/index.ts";
import { basename, join, resolve } from "node:path";
import { HoldfastError, writeFailed } from "../../../core/failure/index.ts";
import { removeUnlessChanged } from "../../../core/files/index.ts";
import type { Ledger } from "../../../core/storage/index.ts";
import type { Skip, Loaded, Sink, StepContext } from "../../../core/pipeline/index.ts";
import {
  type Note,
  Layout,
  layoutFolder,
  assertWritable,
  openNoteFolder,
  type NoteFolder,
  renderNote,
} from "../../note/index.ts";
import { isOneOf } from "./anothers-file.ts";
import { loadNote, type Draft } from "./load-note.ts";
import { OnEdited } from "./on-edited.ts";

/** How {@link writeMarkdown} names and keeps notes. */
export interface WriteMarkdownOptions {
  /** Folder inside the notes' folder for items in review. @default "review" */
  readonly reviewFolder?: string;
  /** What happens to newer content for a note that the user edited. @default "keep" */
  readonly onEdited?: OnEdited;
  /**
   * The folder layout of new notes; existing notes stay where they are, and notes in review stay in their folder.
   * @default "flat"
   */
  readonly layout?: Layout;
}

/** The default folder of notes in review. */
export const REVIEW_FOLDER = "review";

/**
 * Writes each item as one Markdown file with YAML front matter, named after its title. An item that was loaded before,
 * in any session or layout, updates its file in place, under its name. An edited file is never lost: `onEdited` decides
 * what happens to the newer content. Relative folders start at the working directory.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { definePipeline, runPipeline } from "holdfast";
 * import { writeMarkdown } from "holdfast/sinks";
 * import { readJsonl } from "holdfast/sources";
 * import { z } from "zod";
 *
 * const pipeline = definePipeline("notes").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl", { schema: z.object({ id: z.string(), text: z.string() }) }))
 *     .load(writeMarkdown("notes", ({ id, text }) => ({ title: `About ${id}`, body: text, tags: ["docs"] }))),
 * );
 * await runPipeline(pipeline);
 * console.log(readFileSync("notes/About kelp.md", "utf8").split("\n").slice(0, 4).join("\n"));
 * // prints: ---
 * // prints: title: About kelp
 * // prints: tags:
 * // prints:   - docs
 * ```
 */
export function writeMarkdown<C>(
  folder: string,
  toNote: (content: C) => Note,
  options: WriteMarkdownOptions = {},
): Sink<C> {
  const { reviewFolder = REVIEW_FOLDER, onEdited = OnEdited.keep, layout = Layout.flat } = options;
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
      const inReview = ctx.reviewReason !== undefined;
      const draft = draftNote(toNote(content), ctx, inReview ? Layout.flat : layout);
      const notes = await open(home);
      const review = join(notes.path, reviewFolder);
      if (inReview) return loadNote(draft, { folder: await open(review), ledger: ctx.ledger, onEdited });
      const loaded = await loadNote(draft, { folder: notes, ledger: ctx.ledger, onEdited });
      await removeReviewed(draft.sourceId, review, ctx.ledger);
      return loaded;
    },
  });
}

function draftNote(note: Note, ctx: StepContext, layout: Layout): Draft {
  const { itemId, sessionId, reviewReason, idempotencyKey: call } = ctx;
  const { title, sourceId = itemId } = note;
  const contentHash = note.contentHash ?? sha256(renderNote(note, { sourceId }));
  const text = renderNote(note, {
    sourceId,
    contentHash,
    session: sessionId,
    ...(reviewReason !== undefined && { reviewReason }),
  });
  return { title, inside: layoutFolder(layout, note), sourceId, contentHash, pendingHash: sha256(text), text, call };
}

/** Removes the copy in the review folder of a note that now passes, unless it was edited. */
async function removeReviewed(sourceId: string, review: string, ledger: Ledger): Promise<void> {
  const entry = ledger.find(review, sourceId);
  if (entry === undefined) return;
  const path = resolve(review, entry.path);
  try {
    removeUnlessChanged(path, isOneOf([entry.outputHash, entry.pendingHash]));
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}

function assertFolderName(name: string): void {
  if (name === basename(name) && ![".", "..", ""].includes(name)) return;
  throw new HoldfastError(
    "pipeline_invalid",
    `Expected \`reviewFolder\` to be the name of one folder, got ${JSON.stringify(name)}.`,
  );
}
