/// <reference lib="esnext.disposable" preserve="true" />
import type { DatabaseSync } from "node:sqlite";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { crashPoint, identityOf, type FileIdentity } from "../../core/files/index.ts";

/** What the thread is started with. */
export interface LogThreadData {
  /** The database. */
  readonly file: string;
  /** Which file that is: another one may be at its place when the thread starts. */
  readonly identity: FileIdentity | undefined;
}

/** What was in the log when pages were moved. */
export interface LogState {
  readonly pages: number;
  /** So many of them were moved, now or before: not all while another process reads what was there before. */
  readonly moved: number;
}

/** Moves pages out of the log when it is asked to. */
export interface LogMover extends AsyncDisposable {
  /** Rejects when it could not: then the pages are still in the log. */
  move(): Promise<LogState>;
}

/** Keeps the log from growing without end. */
export interface LogCheckpoints extends AsyncDisposable {
  /** So many records were committed. */
  committed(records: number): void;
  /** While the last pages are moved, nothing should be committed: then SQLite starts the log over. */
  readonly paused: Promise<void> | undefined;
}

export interface LogCheckpointsOptions {
  /** Size of the log's file. */
  readonly bytes: () => number;
  /** Called when it is needed for the first time. */
  readonly startMover: () => LogMover;
  /** Called when the pages cannot be moved in this way: SQLite moves them itself from then on. */
  readonly onGiveUp: () => void;
}

/** From so many pages on, pages are moved: 8 MB. SQLite itself would move them at a quarter of it. */
const MOST_PAGES = 2_000;
const PAGE_BYTES = 4_096 + 24;

/**
 * Moves pages from the write-ahead log into the database in another thread. SQLite would do it in the middle of a COMMIT,
 * and wait for the disk twice.
 *
 * Pages that are committed while others are moved are left in the log, and SQLite starts the log over only when it is
 * empty. With commits all the time it never is; a log that only grows makes every look for a page slower. So most pages are
 * moved beside the commits, and the few that are left in a pause between two of them. That is a pause for the records that
 * wait to be committed, and for nothing else.
 */
export function checkpointLog({ bytes, startMover, onGiveUp }: LogCheckpointsOptions): LogCheckpoints {
  let mover: LogMover | undefined;
  let paused: Promise<void> | undefined;
  let moving: Promise<void> | undefined;
  let hasGivenUp = false;
  /** Records since the log was begun, and how many of them fill it. */
  let records = 0;
  let mostRecords = Infinity;
  /** The file keeps its size when the log is started over: it only says how large the log is while it grows. */
  let mostBytes = MOST_PAGES * PAGE_BYTES;

  async function moveAll(): Promise<void> {
    mover ??= startMover();
    await moveBy(mover);
    const pause = Promise.withResolvers<void>();
    paused = pause.promise;
    try {
      const { pages, moved } = await moveBy(mover);
      // A log that is not started over says nothing of these records: it holds those before them too.
      if (pages > 0 && moved === pages) mostRecords = Math.max(1, Math.round((records * MOST_PAGES) / pages));
    } finally {
      paused = undefined;
      records = 0;
      pause.resolve();
    }
  }

  return {
    committed(more) {
      records += more;
      if (moving || hasGivenUp) return;
      if (records < mostRecords && bytes() < mostBytes) return;
      moving = moveAll()
        .catch(() => {
          hasGivenUp = true;
          onGiveUp();
        })
        .finally(() => {
          moving = undefined;
          mostBytes = Math.max(mostBytes, bytes() + MOST_PAGES * PAGE_BYTES);
        });
    },
    get paused() {
      return paused;
    },
    async [Symbol.asyncDispose]() {
      await moving;
      await mover?.[Symbol.asyncDispose]();
    },
  };
}

function moveBy(mover: LogMover): Promise<LogState> {
  const moving = mover.move();
  crashPoint("log-moves", { timed: true });
  return moving;
}

/** A thread with a connection of its own. Where none can be started, as in a bundle, nothing is moved by it. */
export function startLogThread(data: LogThreadData): LogMover {
  const script = import.meta.url.endsWith(".ts") ? "./log-thread.ts" : "./log-thread.js";
  const thread = new Worker(new URL(script, import.meta.url), {
    workerData: data,
    // Its own warnings would be a second copy of the process's.
    execArgv: ["--no-warnings"],
    // It holds nothing but a statement: without this its heap would be as large as any other.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  const ended = new Promise<never>((_, reject) => {
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("The thread has ended.")));
  });
  ended.catch(() => {});
  thread.unref();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
  const order = (what: "move" | "leave"): void => thread.postMessage(what);
  return {
    async move() {
      // What waits for it may be all that there is to do.
      thread.ref();
      try {
        const answer = once(thread, "message") as Promise<[LogState | "failed"]>;
        order("move");
        const [state] = await Promise.race([answer, ended]);
        if (state === "failed") throw new Error("The pages could not be moved.");
        return state;
      } finally {
        thread.unref();
      }
    },
    async [Symbol.asyncDispose]() {
      thread.ref();
      order("leave");
      await ended.catch(() => {});
    },
  };
}

/** Moves the pages of a log in another thread, for as long as that can be done. */
export function checkpointInThread(db: DatabaseSync, { file, bytes }: LogFile): LogCheckpoints {
  db.exec("PRAGMA wal_autocheckpoint = 0");
  const data: LogThreadData = { file, identity: identityOf(file) };
  return checkpointLog({
    bytes,
    startMover: () => startLogThread(data),
    onGiveUp: () => db.exec("PRAGMA wal_autocheckpoint = 1000"),
  });
}

interface LogFile {
  /** The database. */
  readonly file: string;
  /** Size of its log. */
  readonly bytes: () => number;
}
