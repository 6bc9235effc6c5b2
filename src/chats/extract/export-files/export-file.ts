import type { HoldfastError } from "../../../core/failure/index.ts";

/** One JSON file that may hold chats, which can be read several times. */
export interface ExportFile {
  /** Unique in the input, and the same wherever the input lies: `conversations.json`, `2025.zip/conversations.json`. */
  readonly name: string;
  /** Where it is, for people and records; in a zip with several: `export.zip/conversations-001.json`. */
  readonly path: string;
  /** Reads the file from its beginning. A zip's entry is unpacked as it is read, never to disk. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

/** Something in the input that is not read. Everything that a person might miss in the notes is reported. */
export type LeftOut = OtherContent | DamagedFile;

/** Content that is not imported, though a person may miss it. */
export interface OtherContent {
  readonly kind: "other";
  readonly path: string;
  /** Equal reasons are reported together: "projects are not imported". */
  readonly reason: string;
  /** The same for when there is nothing else. */
  readonly error?: HoldfastError;
}

/** A file that may well hold chats, if it could be read. */
export interface DamagedFile {
  readonly kind: "damaged";
  /** As {@link ExportFile.name}. */
  readonly name: string;
  readonly path: string;
  readonly error: HoldfastError;
}

/** The parts of an input. */
export interface ExportFiles {
  /** The files on disk that hold it all: zips and JSON files. */
  readonly inputPaths: readonly string[];
  /** In the order of their names. */
  readonly files: readonly ExportFile[];
  readonly leftOut: readonly LeftOut[];
}
