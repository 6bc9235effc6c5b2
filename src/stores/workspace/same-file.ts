import { HoldfastError } from "../../core/failure/index.ts";
import { identityOf, isStillThere } from "../../core/files/index.ts";
import type { Guard } from "./faults.ts";

/**
 * A guard that also refuses to go on once `file`, open by now, was removed or replaced. SQLite would write into what no name
 * leads to any more, and say nothing: all of it would be gone at the end of the process.
 */
export function whileSameFile(file: string, guard: Guard): Guard {
  const opened = identityOf(file);
  return (work) => {
    if (!isStillThere(opened, identityOf(file))) throw removed(file);
    return guard(work);
  };
}

const removed = (file: string): HoldfastError =>
  new HoldfastError(
    "write_failed",
    `The workspace ${file} was removed or replaced while it was in use. Without it, notes written so far count as your own files, and cached answers are paid for again.`,
    { hint: "What the session has done is safe. Put the file back if you have it, then resume the session." },
  );
