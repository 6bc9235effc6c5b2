import { access, readdir, realpath } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { Ledger, LedgerEntry } from "../../../core/storage/index.ts";
import { skipItem, defineStep, type Step } from "../../../core/pipeline/index.ts";
import type { Conversation } from "../../conversation.ts";
import { ALREADY_BESIDE, KEPT, OnEdited, siblingId, REVIEW_FOLDER } from "../../../stages/load/markdown/index.ts";
import { fileState } from "../../../stages/note/index.ts";

/** The same values as for the sink. */
export interface SkipUnchangedOptions {
  /** The folder that the notes are loaded into. */
  readonly folder: string;
  /** @default "review" */
  readonly reviewFolder?: string;
  /** @default "keep" */
  readonly onEdited?: OnEdited;
}

/**
 * Skips conversations that have nothing new for their note, before anything is paid for them: those whose note exists
 * and was made from the same content, in review or not, and those whose newer content would not be written because the
 * user edited the note. A note that was moved or deleted is not made again until its chat grows, unless the folder
 * holds no notes at all: then all are made again. An item that a person asks for again is not skipped for being
 * unchanged.
 *
 * @example
 * ```ts
 * import { definePipeline, runPipeline } from "holdfast";
 * import { readChats, skipUnchanged } from "holdfast/chats";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const pipeline = definePipeline("titles").phase("import", (phase) =>
 *   phase
 *     .extract(readChats("examples/chatgpt-export"))
 *     .transform(skipUnchanged({ folder: "notes" }))
 *     // The note has to say what it was made from.
 *     .load(writeMarkdown("notes", ({ title, url = "", contentHash }) => ({ title, body: url, contentHash }))),
 * );
 * const first = await runPipeline(pipeline);
 * const second = await runPipeline(pipeline);
 * console.log(first.session.counts.completed, second.session.counts.skipped);
 * // prints: 4 4
 * ```
 */
export function skipUnchanged(options: SkipUnchangedOptions): Step<Conversation, Conversation> {
  const { folder, reviewFolder = REVIEW_FOLDER, onEdited = OnEdited.keep } = options;
  return defineStep({
    name: "skip_unchanged",
    ownerOnly: true,
    process: async (conversation: Conversation, { ledger, force = false }) => {
      const home = await realFolder(folder);
      const sourceId = `${conversation.provider}:${conversation.id}`;
      const { contentHash } = conversation;
      const note = { sourceId, contentHash, ledger, onEdited };
      const reason = (await whyNot(home, note)) ?? (await whyNotInReview(join(home, reviewFolder), note));
      const isNoReason = reason === undefined || (force && reason !== KEPT && reason !== ALREADY_BESIDE);
      return isNoReason ? conversation : skipItem(reason);
    },
  });
}

interface WantedNote {
  readonly sourceId: string;
  readonly contentHash: string;
  readonly ledger: Ledger;
  readonly onEdited: OnEdited;
}

const UNCHANGED = "unchanged since the last import";
const GONE = "unchanged, and its note was moved or deleted by you";

/** Why nothing would be written to the notes' folder; `undefined` when something would. */
async function whyNot(target: string, wanted: WantedNote): Promise<string | undefined> {
  const { sourceId, contentHash, ledger, onEdited } = wanted;
  const entry = ledger.find(target, sourceId);
  if (entry === undefined) return undefined;
  if (!(await exists(resolve(target, entry.path)))) {
    return isOf(contentHash, entry) && (await isStillUsed(target, entry.path)) ? GONE : undefined;
  }
  if (isOf(contentHash, entry)) return UNCHANGED;
  if ((await fileState(resolve(target, entry.path), entry)) !== "edited") return undefined;
  switch (onEdited) {
    case "keep":
      return KEPT;
    case "sibling": {
      const sibling = ledger.find(target, siblingId(sourceId));
      return sibling !== undefined && isOf(contentHash, sibling) ? ALREADY_BESIDE : undefined;
    }
    case "overwrite":
      return undefined;
  }
}

/** In the review folder, newer content may pass this time, so an edited note there is no reason until it was kept once. */
async function whyNotInReview(target: string, wanted: WantedNote): Promise<string | undefined> {
  const { sourceId, contentHash, ledger, onEdited } = wanted;
  const entry = ledger.find(target, sourceId);
  if (entry === undefined || !(await exists(resolve(target, entry.path)))) return undefined;
  if (isOf(contentHash, entry)) return UNCHANGED;
  if (onEdited === OnEdited.keep && entry.keptHash === contentHash) return KEPT;
  const sibling = ledger.find(target, siblingId(sourceId));
  return onEdited === OnEdited.sibling && sibling !== undefined && isOf(contentHash, sibling)
    ? ALREADY_BESIDE
    : undefined;
}

/** While a write is pending, the entry has the new content's hash and the file may still be the old one. */
const isOf = (contentHash: string, { contentHash: made, outputHash, pendingHash }: LedgerEntry): boolean =>
  made === contentHash && outputHash !== undefined && pendingHash === undefined;

/**
 * Whether the notes of an import are still where they were, so that a single one that is gone is gone for a reason. For
 * a note that was organized elsewhere, whether the folder that it was put into is there, or the one above.
 */
async function isStillUsed(target: string, path: string): Promise<boolean> {
  const folder = dirname(resolve(target, path));
  if (!relative(target, folder).startsWith("..")) return holdsNotes(target);
  return (await exists(folder)) || (await exists(dirname(folder)));
}

/** Whether any note is left in a folder or below it. */
async function holdsNotes(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.some((name) => name.endsWith(".md"));
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Without symbolic links, as the sink records it in the ledger. */
const realFolder = (folder: string): Promise<string> => realpath(folder).catch(() => resolve(folder));
