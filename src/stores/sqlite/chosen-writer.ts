import type { DatabaseSync } from "node:sqlite";
import { applyRarely } from "./apply-rare-writes.ts";
import { WriteApplier } from "./apply-writes.ts";
import { startThreadWriter, type ThreadWriter } from "./thread-writer.ts";
import { syncsInBackground } from "./write-ahead-log.ts";
import { localWriter, type Writer } from "./writer.ts";

/** A session that writes so many records gets a thread for it; for a shorter one it would cost more than it saves. */
const THREAD_FROM = 2_000;

/** For crash tests, whose sessions are short. */
const threadFromOf = (env: Readonly<Record<string, string | undefined>>): number =>
  Number(env["HOLDFAST_THREAD_FROM"] ?? THREAD_FROM);

/** Writes in this thread at first, and in one of its own from so many records on, where one can be started. */
export function chosenWriter(db: DatabaseSync, threadFrom: number = threadFromOf(process.env)): Writer {
  const disk = syncsInBackground(db);
  const local = localWriter(new WriteApplier(db, applyRarely), disk);
  const file = disk.isShared ? db.location() : null;
  let records = 0;
  /** What this thread has under way: the other one takes over when that has ended. */
  let underWay = 0;
  let lastLocal: Promise<unknown> | undefined;
  let thread: ThreadWriter | undefined;
  let opening: Promise<void> | undefined;
  let isOpen = false;
  if (threadFrom === 0) start();

  function start(): void {
    if (file === null || thread) return;
    thread = startThreadWriter(file);
    opening = thread.opened
      .then(() => void (isOpen = true))
      .catch(() => {})
      .finally(() => (opening = undefined));
  }

  async function writeHere(group: Parameters<Writer["write"]>[0]): Promise<readonly unknown[]> {
    underWay += 1;
    try {
      return await local.write(group);
    } finally {
      underWay -= 1;
    }
  }

  const writesThere = (): boolean => isOpen && underWay === 0;

  return {
    get paused() {
      if (threadFrom === 0 && opening) return opening;
      if (isOpen && underWay > 0) return lastLocal?.then(() => {}).catch(() => {});
      return isOpen ? thread?.paused : undefined;
    },
    write(group) {
      records += group.length;
      if (thread && writesThere()) return thread.write(group);
      const writing = writeHere(group);
      lastLocal = writing;
      if (records >= threadFrom) start();
      return writing;
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
