/** One JSON file of an export, which can be read several times. */
export interface ExportFile {
  /** Unique in the export, and the same wherever the export lies: `conversations.json`, `2025/conversations.json`. */
  readonly name: string;
  /** Where it is, for people and records; in a zip with several: `export.zip/conversations-001.json`. */
  readonly path: string;
  /** Reads the file from its beginning. A zip's entry is unpacked as it is read, never to disk. */
  readonly read: () => AsyncIterable<Uint8Array>;
}
