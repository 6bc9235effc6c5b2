import { statSync, type BigIntStats } from "node:fs";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Guard } from "./faults.ts";

/**
 * A guard that also refuses to go on once `file`, open by now, was removed or replaced. SQLite would write into what no name
 * leads to any more, and say nothing: all of it would be gone at the end of the process.
 */
export function whileSameFile(file: string, guard: Guard): Guard {
  const opened = seen(file);
  return (work) => {
    if (!isSame(opened, seen(file))) throw removed(file);
    return guard(work);
  };
}

const seen = (file: string): BigIntStats | undefined => statSync(file, { bigint: true, throwIfNoEntry: false });

/** Some file systems give a file another number while it is open; none of them gives it another time of birth as well. */
const isSame = (then: BigIntStats | undefined, now: BigIntStats | undefined): boolean =>
  then === undefined || (now !== undefined && (now.ino === then.ino || now.birthtimeNs === then.birthtimeNs));

const removed = (file: string): HoldfastError =>
  new HoldfastError(
    "write_failed",
    `The workspace ${file} was removed or replaced while it was in use. Without it, notes written so far count as your own files, and cached answers are paid for again.`,
    { hint: "What the session has done is safe. Put the file back if you have it, then resume the session." },
  );
