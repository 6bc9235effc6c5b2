import { sha256 } from "../../../core/base/index.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StepError, messageOf, errnoOf } from "../../../core/failure/index.ts";
import type { ClassifiedNote } from "../../transform/classify/index.ts";
import { normalize } from "./normalize.ts";
import type { NoteToMove } from "./plan-move.ts";

/** The bytes of a file; `undefined` when there is none. */
export async function bytesOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT" || errnoOf(cause) === "ENOTDIR") return undefined;
    throw new StepError("input", `${JSON.stringify(file)} could not be read: ${messageOf(cause)}`, { cause });
  }
}

/** sha256 of a file; `undefined` when there is none. */
export async function hashOf(file: string): Promise<string | undefined> {
  const bytes = await bytesOf(file);
  return bytes && sha256(bytes);
}

/** Reads a note again before it is moved. `undefined` when it is gone; throws when it is not what was classified. */
export async function readNoteToMove(note: ClassifiedNote, folder: string): Promise<NoteToMove | undefined> {
  const file = join(folder, note.path);
  const bytes = await bytesOf(file);
  if (bytes === undefined) return undefined;
  if (sha256(bytes) !== note.hash) {
    throw new StepError("input", "It was changed after it was read. Run organize again.");
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return { ...note, file, text, newText: normalize(text, note) };
}
