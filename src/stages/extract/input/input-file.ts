import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { HoldfastError } from "../../../core/failure/index.ts";
import type { SourceInput } from "../../../core/pipeline/index.ts";

/** Bytes read at a time: fewer turns of the event loop than Node's 64 kB, and still small beside one conversation. */
const CHUNK_BYTES = 256 * 1024;

/** What is at an input path; Node's `Stats` would ask every user of these declarations for the types of Node. */
export interface InputStat {
  isDirectory(): boolean;
}

/** The stat of an input path. Throws `input_unreadable`, with a sentence for the common reasons. */
export async function statInput(path: string): Promise<InputStat> {
  return stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

/** The bytes of a file, read as they are asked for. Throws `input_unreadable` while reading. */
export async function* readInput(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Path, size and sha256 of an input file; reads it whole, in chunks. */
export async function fingerprint(path: string): Promise<SourceInput> {
  const hash = createHash("sha256");
  // One buffer for all chunks: as garbage, those of a large file would take more than all else in the process.
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  try {
    await using file = await open(path);
    for (;;) {
      const { bytesRead } = await file.read(chunk);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

function unreadable(path: string, cause: unknown): HoldfastError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const { why, hint } = REASONS[code] ?? {
    why: `could not be read: ${String(cause)}`,
    hint: "Check the file and its disk.",
  };
  return new HoldfastError("input_unreadable", `${path} ${why}.`, { hint, cause });
}

const REASONS: Readonly<Record<string, { readonly why: string; readonly hint: string }>> = {
  ENOENT: { why: "does not exist", hint: "Check the path." },
  ENOTDIR: { why: "does not exist, since a part of the path is a file", hint: "Check the path." },
  EISDIR: { why: "is a folder where a file is needed", hint: "Give the path of a file in it." },
  EACCES: { why: "cannot be read by this user", hint: "Check the file's permissions." },
  EPERM: { why: "cannot be read by this user", hint: "Check the file's permissions." },
};
