import { messageOf } from "./error-message.ts";
import { HoldfastError } from "./errors.ts";

interface WriteFault {
  readonly reason: string;
  readonly hint: string;
}

const FAULTS: Readonly<Record<string, WriteFault>> = {
  ENOSPC: { reason: "the disk is full", hint: "Free some space, then run again." },
  EDQUOT: {
    reason: "your disk quota is used up",
    hint: "Free some space or raise the quota, then run again.",
  },
  EROFS: { reason: "the file system is read-only", hint: "Choose a folder on a disk that can be written." },
  EACCES: {
    reason: "there is no permission to write there",
    hint: "Give yourself write permission for the folder, or choose another one.",
  },
  EPERM: {
    reason: "there is no permission to write there",
    hint: "Give yourself write permission for the folder, or choose another one.",
  },
  ENOENT: { reason: "its folder does not exist", hint: "Make the folder, or choose another one." },
  ENOTDIR: { reason: "a part of its path is a file, not a folder", hint: "Choose another folder." },
  EISDIR: { reason: "a folder has that name", hint: "Move the folder away, or choose another name." },
  EEXIST: { reason: "something else has that name", hint: "Move it away, or choose another name." },
  ENAMETOOLONG: {
    reason: "the name is too long for this file system",
    hint: "Choose a shorter name or a folder nearer to the root.",
  },
  EMFILE: { reason: "too many files are open", hint: "Raise the limit (`ulimit -n`), or run with a smaller window." },
  ENFILE: {
    reason: "too many files are open on this machine",
    hint: "Close other programs, then run again.",
  },
  EIO: { reason: "the disk reported a fault", hint: "Check the disk before you run again." },
};

export interface WriteFailedOptions {
  /** What state remains, as a sentence. @default "Nothing is left half written." */
  readonly safe?: string;
  /** What to do for a fault that the table does not list. @default "Look at the cause, then run again." */
  readonly hint?: string;
}

/** The `write_failed` error for `path`: says why nothing could be written, and keeps the fault as `cause`. */
export function writeFailed(
  path: string,
  cause: unknown,
  {
    safe = "Nothing is left half written.",
    hint: otherwise = "Look at the cause, then run again.",
  }: WriteFailedOptions = {},
): HoldfastError {
  const { reason, hint } = FAULTS[errnoOf(cause) ?? ""] ?? {
    reason: messageOf(cause),
    hint: otherwise,
  };
  return new HoldfastError("write_failed", `Could not write ${JSON.stringify(path)}: ${reason}. ${safe}`, {
    cause,
    hint,
  });
}

/** The system's name of a fault, such as `ENOENT`; `undefined` when the error carries none. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
