import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { skipItem, type Skip, type Loaded, type Sink } from "../../../core/pipeline/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { planMove, type PlannedMove } from "./plan-move.ts";
import { readNoteToMove } from "./read-note.ts";
import { openVault, type Vault } from "./vault.ts";
import type { VaultOptions } from "./write-vault.ts";

/**
 * A sink that reports what `writeVault` would do with each note, and writes nothing. If several notes want the same
 * place, the real run may choose another one.
 */
export function previewVault(
  path: string,
  { folder, ...options }: VaultOptions,
  onPlan: (move: PlannedMove) => void,
): Sink<ClassifiedNote> {
  let opened: Promise<Vault> | undefined;
  return Object.freeze({
    name: "preview_vault",
    version: 1,
    async check(): Promise<void> {
      opened = undefined;
    },
    async load(classified: ClassifiedNote): Promise<Loaded | Skip> {
      const note = await readNoteToMove(classified, await realpath(folder).catch(() => resolve(folder)));
      if (note === undefined) return skipItem("gone since it was read");
      const vault = await (opened ??= openVault(path));
      const move = planMove(note, { vault, ...options });
      const reason = "reason" in move ? move.reason : classified.reason;
      const { genre, topic } = classified;
      onPlan({
        path: note.path,
        ...(genre !== undefined && { genre }),
        ...(topic !== undefined && { topic }),
        to: move.to,
        kind: move.kind,
        ...("replaced" in move && { replaced: move.replaced }),
        ...(reason !== undefined && { reason }),
      });
      return "reason" in move ? skipItem(move.reason) : { outputPath: join(vault.path, move.to) };
    },
  });
}
