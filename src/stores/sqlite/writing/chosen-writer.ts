import type { DatabaseSync } from "node:sqlite";
import { applyRarely } from "./apply-rare-writes.ts";
import { WriteApplier } from "./apply-writes.ts";
import { startThreadWriter, type ThreadWriter } from "./thread-writer.ts";
import { syncsInBackground } from "./write-ahead-log.ts";
import { localWriter } from "./local-writer.ts";
import type { Writer } from "./writer.ts";
import type { WriteData } from "./writes.ts";

/**
 * When the log has so many bytes, pages have to be moved out of it, and a session that is so long gets a thread. A shorter one
 * would pay more for a thread than it saves.
 */
const THREAD_FROM_BYTES = 8_000_000;

/** For crash tests, whose sessions are short. */
const threadFromOf = (env: Readonly<Record<string, string | undefined>>): number =>
  Number(env["HOLDFAST_THREAD_FROM_BYTES"] ?? THREAD_FROM_BYTES);

/**
 * Writes in this thread at first, and in one of its own from so many bytes of the log on, where one can be started: not in a
 * bundle, and not for a database that two connections cannot share. The thread takes over when nothing is under way here.
 */
export function chosenWriter(db: DatabaseSync, threadFromBytes: number = threadFromOf(process.env)): Writer {
  const disk = syncsInBackground(db);
  const local = localWriter(new WriteApplier(db, applyRarely), disk);
  const file = disk.isShared ? db.location() : null;
  /** Groups that are written here, and when the last of them is on the disk. */
  let underWay = 0;
  let settled: Promise<void> | undefined;
  let thread: ThreadWriter | undefined;
  let opening: Promise<void> | undefined;
  let hasStarted = false;
  let isOpen = false;
  if (threadFromBytes === 0) start();

  function start(): void {
    if (file === null) return;
    hasStarted = true;
    opening = open(file).finally(() => (opening = undefined));
  }

  async function open(place: string): Promise<void> {
    try {
      thread = startThreadWriter(place);
      await thread.opened;
      isOpen = true;
    } catch {
      // All is written here, and SQLite moves the pages of the log in a COMMIT.
      db.exec("PRAGMA wal_autocheckpoint = 1000");
    }
  }

  async function writeHere(group: readonly WriteData[]): Promise<readonly unknown[]> {
    const end = Promise.withResolvers<void>();
    settled = end.promise;
    underWay += 1;
    try {
      return await local.write(group);
    } finally {
      underWay -= 1;
      end.resolve();
    }
  }

  return {
    get paused() {
      if (threadFromBytes === 0 && opening) return opening;
      if (!isOpen) return undefined;
      return underWay > 0 ? settled : thread?.paused;
    },
    async write(group) {
      if (thread && isOpen && underWay === 0) return thread.write(group);
      if (!hasStarted && disk.bytes() >= threadFromBytes) start();
      return writeHere(group);
    },
    flush() {
      if (underWay > 0) local.flush();
      if (isOpen) thread?.flush();
    },
    async [Symbol.asyncDispose]() {
      await opening;
      await thread?.[Symbol.asyncDispose]();
      await local[Symbol.asyncDispose]();
    },
  };
}
