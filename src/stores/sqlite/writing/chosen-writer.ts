import type { DatabaseSync } from "node:sqlite";
import { applyRarely } from "./apply-rare-writes.ts";
import { WriteApplier } from "./apply-writes.ts";
import { startThreadWriter, type ThreadWriter } from "./thread-writer.ts";
import { syncsInBackground } from "./write-ahead-log.ts";
import { localWriter } from "./local-writer.ts";
import type { Writer } from "./writer.ts";
import type { WriteData } from "./writes.ts";

/** A session that writes so many records gets a thread for it; for a shorter one it would cost more than it saves. */
const THREAD_FROM = 2_000;

/** For crash tests, whose sessions are short. */
const threadFromOf = (env: Readonly<Record<string, string | undefined>>): number =>
  Number(env["HOLDFAST_THREAD_FROM"] ?? THREAD_FROM);

/**
 * Writes in this thread at first, and in one of its own from so many records on, where one can be started: not in a bundle,
 * and not for a database that two connections cannot share. The thread takes over when nothing is under way here.
 */
export function chosenWriter(db: DatabaseSync, threadFrom: number = threadFromOf(process.env)): Writer {
  const disk = syncsInBackground(db);
  const local = localWriter(new WriteApplier(db, applyRarely), disk);
  const file = disk.isShared ? db.location() : null;
  let records = 0;
  /** Groups that are written here, and when the last of them is on the disk. */
  let underWay = 0;
  let settled: Promise<void> | undefined;
  let thread: ThreadWriter | undefined;
  let opening: Promise<void> | undefined;
  let isOpen = false;
  if (threadFrom === 0) start();

  function start(): void {
    if (file === null || thread) return;
    thread = startThreadWriter(file);
    opening = open(thread);
  }

  async function open({ opened }: ThreadWriter): Promise<void> {
    try {
      await opened;
      isOpen = true;
    } catch {
      // What could be written by it is written here.
    } finally {
      opening = undefined;
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
      if (threadFrom === 0 && opening) return opening;
      if (!isOpen) return undefined;
      return underWay > 0 ? settled : thread?.paused;
    },
    write(group) {
      records += group.length;
      if (thread && isOpen && underWay === 0) return thread.write(group);
      if (records >= threadFrom) start();
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
