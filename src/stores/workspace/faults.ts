import { HoldfastError, WorkspaceBusyError } from "../../core/failure/index.ts";

/** Runs database work and turns its faults into errors that a person can act on. */
export type Guard = <T>(work: () => T) => T;

type Explanation = (file: string, cause: Error) => HoldfastError;

const busy: Explanation = (file, cause) => new WorkspaceBusyError(file, cause);

/** Result codes of SQLite (https://sqlite.org/rescode.html) that a person can do something about. */
const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  5: busy,
  6: busy,
  8: unwritable,
  10: unwritable,
  11: damaged,
  13: unwritable,
  14: unwritable,
  26: damaged,
};

/** A guard for work on `file`. Other faults pass unchanged. */
export function explainFaults(file: string): Guard {
  return (work) => {
    try {
      return work();
    } catch (fault) {
      const explain = EXPLANATIONS[resultCode(fault) ?? 0];
      throw explain && fault instanceof Error ? explain(file, fault) : fault;
    }
  };
}

/** SQLite's primary result code, when the fault is SQLite's. */
export function resultCode(fault: unknown): number | undefined {
  const code = fault instanceof Error && "errcode" in fault ? fault.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

function damaged(file: string, cause: Error): HoldfastError {
  return new HoldfastError("session_damaged", `The workspace ${file} is damaged: ${cause.message}.`, {
    cause,
    hint:
      "Notes on the disk are safe. Restore the file from a backup, or move it (and its -wal and -shm) away and run again: " +
      "a new one is created, notes written so far then count as your own files, and cached answers are requested and paid for again.",
  });
}

function unwritable(file: string, cause: Error): HoldfastError {
  return new HoldfastError("write_failed", `Could not write the workspace ${file}: ${cause.message}.`, {
    cause,
    hint: "Everything recorded before is safe. Free some space, or make the file and its folder writable, then resume the session.",
  });
}
