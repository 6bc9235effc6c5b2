import type { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";
import { identityOf, isStillThere } from "../../../core/files/index.ts";
import { openSqlite } from "../../../core/files/sqlite/index.ts";
import { WriteApplier } from "./apply-writes.ts";
import { ANSWERED, ENDED, faultOf } from "./writer-protocol.ts";
import type { FromWriterThread, GroupAnswer, ToWriterThread, WriterThreadData } from "./writer-protocol.ts";
import { isRare, type WriteData } from "./writes.ts";

// Commits groups of writes to a session's database, with a connection of its own. COMMIT waits for the disk, and moves pages
// out of the log when there are many: nothing here has to be done soon.
const { file, identity, port, state } = workerData as WriterThreadData;

/** From so many pages of the log on they are moved: SQLite itself would do it at half of it. */
const MOST_PAGES = 2_000;

process.once("exit", () => {
  Atomics.store(state, ENDED, 1);
  Atomics.notify(state, ANSWERED);
});

const db = open();
const applier = new WriteApplier(db);
let fault: GroupAnswer | undefined;

/** Settles when everything before has been answered. */
let before: Promise<void> = Promise.resolve();
port.on("message", (message: ToWriterThread) => {
  before = before.then(() => obey(message));
});
send("open");

function open(): DatabaseSync {
  // SQLite would make a new database where there is none, and remove the log of the one that was there when it closes that.
  const isThere = (): boolean => isStillThere(identity, identityOf(file));
  if (!isThere()) throw new Error("The session's database is not at its place any more.");
  const opened = openSqlite(file);
  opened.exec(`
    PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
    PRAGMA wal_autocheckpoint = ${MOST_PAGES}`);
  return opened;
}

async function obey(message: ToWriterThread): Promise<void> {
  if (message === "leave") {
    db.close();
    return port.close();
  }
  if (applier.applyRarely === undefined && message.some(isRare)) {
    applier.applyRarely = (await import("./apply-rare-writes.ts")).applyRarely;
  }
  answer(write(message));
}

function write(group: readonly WriteData[]): GroupAnswer {
  // After a failed write the state of the disk is unknown.
  if (fault) return fault;
  try {
    const written = applier.transact(group).map((result, index) => [index, result] as const);
    return { written: written.filter(([, result]) => result !== undefined) };
  } catch (error) {
    fault = { fault: faultOf(error) };
    return fault;
  }
}

function answer(given: GroupAnswer): void {
  send(given);
  Atomics.add(state, ANSWERED, 1);
  Atomics.notify(state, ANSWERED);
}

function send(message: FromWriterThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
  port.postMessage(message);
}
