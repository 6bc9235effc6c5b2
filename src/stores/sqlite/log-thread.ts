import { parentPort, workerData } from "node:worker_threads";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { identityOf, isStillThere } from "../../core/files/index.ts";
import type { LogState, LogThreadData } from "./log-checkpoints.ts";

// Moves pages from the write-ahead log into the database whenever it is asked to, with a connection of its own.
const { file, identity } = workerData as LogThreadData;
// SQLite would make a new database where there is none, and remove the log of the one that was there when it closes that.
if (!isStillThere(identity, identityOf(file))) throw new Error("The session's database is not at its place any more.");
const db = openSqlite(file);
db.exec("PRAGMA busy_timeout = 10000");
const checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");

parentPort?.on("message", (order: "move" | "leave") => {
  if (order === "move") return report(move());
  db.close();
  parentPort?.close();
});

function move(): LogState | "failed" {
  try {
    const row = checkpoint.get();
    return { pages: Number(row?.["log"]), moved: Number(row?.["checkpointed"]) };
  } catch {
    return "failed";
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window: it has no origin
const report = (state: LogState | "failed"): void => parentPort?.postMessage(state);
