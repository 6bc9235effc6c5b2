import { crashPoint } from "../../../core/files/index.ts";
import type { WriteApplier } from "./apply-writes.ts";
import type { Disk } from "./write-ahead-log.ts";
import type { Writer } from "./writer.ts";

/** Commits in this thread; the disk is waited for in another one. */
export function localWriter(applier: WriteApplier, disk: Disk): Writer {
  /** All groups that were committed while the disk was busy share the next sync. */
  let syncing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function sync(): Promise<void> {
    try {
      crashPoint("sync", TIMED);
      await disk.sync();
    } finally {
      syncing = undefined;
    }
  }

  function durable(): Promise<void> {
    if (syncing === undefined) return (syncing = sync());
    // After a failed sync none is asked for again: it may say that all is well, though pages were lost.
    next ??= syncing.then(() => {
      next = undefined;
      return (syncing = sync());
    });
    return next;
  }

  return {
    paused: undefined,
    async write(group) {
      const written = applier.transact(group);
      await (next ?? durable());
      return written;
    },
    flush() {
      if (syncing === undefined) return;
      crashPoint("sync", TIMED);
      disk.syncNow();
    },
    async [Symbol.asyncDispose]() {
      while (syncing) await (next ?? syncing).catch(() => {});
      disk.close();
    },
  };
}

/** How often it is passed depends on the disk. */
const TIMED = { timed: true } as const;
