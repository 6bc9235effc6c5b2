import { statSync } from "node:fs";

/** What tells a file from another one at the same place. It can be sent to a thread. */
export interface FileIdentity {
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
}

/** Which file is at a place; `undefined` when there is none. */
export function identityOf(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && { ino: found.ino, birthtimeNs: found.birthtimeNs };
}

/** Some file systems give a file another number while it is open; none of them gives it another time of birth as well. */
export const isStillThere = (then: FileIdentity | undefined, now: FileIdentity | undefined): boolean =>
  then === undefined || (now !== undefined && (now.ino === then.ino || now.birthtimeNs === then.birthtimeNs));
