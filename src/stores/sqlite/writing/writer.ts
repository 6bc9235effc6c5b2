import type { WriteData } from "./writes.ts";

/** Puts groups of writes on the disk, one group after the other. */
export interface Writer extends AsyncDisposable {
  /** Resolves when the group is on the disk, with what each write came to. After a failure it writes nothing more. */
  write(group: readonly WriteData[]): Promise<readonly unknown[]>;
  /** Until when the next group should be gathered, and not be given to it. */
  readonly paused: Promise<void> | undefined;
  /** Waits until everything it was given is on the disk, and throws when that cannot be. The promises settle later. */
  flush(): void;
}
