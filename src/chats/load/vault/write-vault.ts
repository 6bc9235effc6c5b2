import { sha256 } from "../../../core/base/index.ts";
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { assertCanWrite, removeStaleTemps, makeFolder } from "../../../core/files/index.ts";
import { skipItem, type Skip, type Loaded, type Sink, type StepContext } from "../../../core/pipeline/index.ts";
import { PhaseManager, SessionManager } from "../../../core/session/index.ts";
import { splitNote } from "../../../stages/note/front-matter/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { entryOfFile } from "./follow-note.ts";
import { canGoOn, makeMove, modifiedMsOf } from "./make-move.ts";
import { readMoveRecord, readMoveRecords, writeMoveRecord, type MoveRecord } from "./move-record.ts";
import type { OnConflict } from "./on-conflict.ts";
import { planMove, type MoveToMake, type NoteToMove } from "./plan-move.ts";
import { readNoteToMove } from "./read-note.ts";
import { openVault, type Vault } from "./vault.ts";
import type { VaultFolders } from "./vault-folder.ts";

/** How notes come into a vault. */
export interface VaultOptions extends VaultFolders {
  /** The folder that the notes are in. */
  readonly folder: string;
  /** Whether notes leave the folder. */
  readonly kind: "move" | "copy";
  /** What happens to a note whose place is taken. */
  readonly onConflict: OnConflict;
}

/** How {@link writeVault} sorts notes. */
export interface WriteVaultOptions extends VaultOptions {
  /** The workspace's folder: each move is recorded in its session, so that it can be undone. */
  readonly workspace: string;
}

/**
 * Moves or copies each note into the folder of its genre and topic, with its front matter normalized. Each move is
 * recorded before it is made: a crash costs nothing, and `undoMoves` undoes it. The ledger records where a note went,
 * so that the next import updates it there.
 *
 * @example
 * ```ts
 * import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
 * import { definePipeline, runPipeline } from "holdfast";
 * import { classify, readNotes, writeVault } from "holdfast/chats";
 *
 * mkdirSync("notes");
 * writeFileSync("notes/Dough.md", "---\ngenre: cooking\n---\n\nFlour, water, salt.\n");
 * const options = {
 *   folder: "notes",
 *   folders: "{genre}/{topic}",
 *   unclassified: "unclassified",
 *   kind: "copy",
 *   onConflict: "skip",
 *   workspace: ".holdfast",
 * } as const;
 * const pipeline = definePipeline("sort").phase("sort", (phase) =>
 *   phase
 *     .extract(readNotes("notes"))
 *     .transform(classify({}))
 *     .load(writeVault("vault", options)),
 * );
 * await runPipeline(pipeline, { workspace: ".holdfast" });
 * console.log(readFileSync("vault/cooking/Dough.md", "utf8").includes("Flour, water, salt."));
 * // prints: true
 * ```
 */
export function writeVault(path: string, options: WriteVaultOptions): Sink<ClassifiedNote> {
  let opened: Promise<Vault> | undefined;
  const open = (records: string): Promise<Vault> => (opened ??= openVaultOf(path, records));
  const tidied = new Set<string>();
  const prepareFolder = async (folder: string): Promise<void> => {
    await makeFolder(folder);
    if (tidied.has(folder)) return;
    tidied.add(folder);
    await removeStaleTemps(folder);
  };
  return Object.freeze({
    name: "write_vault",
    version: 1,
    async check(): Promise<void> {
      opened = undefined;
      await makeFolder(path);
      for (const folder of options.kind === "move" ? [path, options.folder] : [path]) {
        await removeStaleTemps(folder);
        await assertCanWrite(folder);
      }
    },
    async load(note: ClassifiedNote, ctx: StepContext): Promise<Loaded | Skip> {
      const records = recordsFolder(options.workspace, ctx.sessionId, ctx.phase);
      const before = await readMoveRecord(records, note.path);
      const record =
        before !== undefined && (await canGoOn(before)) ? before : await plan(note, await open(records), options, ctx);
      if ("reason" in record) return record;
      if (record !== before) await writeMoveRecord(records, record);
      await prepareFolder(dirname(record.to));
      await makeMove(record, ctx.ledger);
      return { outputPath: record.to, change: CHANGES[record.kind] };
    },
  });
}

const CHANGES = { move: "created", copy: "created", rewrite: "updated" } as const;

/** The vault with the places that a session took before it was stopped. */
async function openVaultOf(path: string, records: string): Promise<Vault> {
  const vault = await openVault(path);
  for (const { to, undone } of await readMoveRecords(records)) {
    const inside = undone ? undefined : vault.inside(to);
    if (inside !== undefined) vault.take(inside);
  }
  return vault;
}

/** Where a session keeps what it moved. */
export const recordsFolder = (workspace: string, sessionId: string, phase: string): string =>
  new PhaseManager(new SessionManager(workspace).folderOf(sessionId)).foldersOf(phase).loadOutput;

async function plan(
  classified: ClassifiedNote,
  vault: Vault,
  { folder, ...options }: VaultOptions,
  { ledger }: StepContext,
): Promise<MoveRecord | Skip> {
  const note = await readNoteToMove(classified, await realpath(folder).catch(() => resolve(folder)));
  if (note === undefined) return skipItem("gone since it was read");
  const modifiedMs = await modifiedMsOf(note.file);
  const move = planMove(note, { vault, ...options });
  if ("reason" in move) return skipItem(move.reason);
  const ledgerEntry = move.kind === "copy" ? undefined : entryOfFile(note.file, note.text, ledger);
  return { ...recordOf(note, move, vault), modifiedMs, ...(ledgerEntry && { ledgerEntry }) };
}

function recordOf(note: NoteToMove, { kind, to, replaced }: MoveToMake, vault: Vault): Omit<MoveRecord, "modifiedMs"> {
  // Of the new text, since only that has front matter for certain; a byte order mark stands before it.
  const { body } = splitNote(note.newText);
  const target = join(vault.path, to);
  return {
    note: note.path,
    kind,
    from: note.file,
    to: target,
    oldHash: note.hash,
    newHash: sha256(note.newText),
    oldHead: note.text.slice(0, note.text.length - body.length),
    newHead: note.newText.slice(0, note.newText.length - body.length),
    ...(replaced !== undefined && { replaced: join(vault.path, replaced) }),
    madeFolders: missingFolders(dirname(target)),
  };
}

/** The folders above a path that are not there yet, the outermost first. */
function missingFolders(folder: string): readonly string[] {
  return existsSync(folder) || dirname(folder) === folder ? [] : [...missingFolders(dirname(folder)), folder];
}
