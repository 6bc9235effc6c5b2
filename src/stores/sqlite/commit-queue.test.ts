import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import { runs } from "../../../test/runs.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { Disk } from "./write-ahead-log.ts";

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const syncs: PromiseWithResolvers<void>[] = [];
  const now: number[] = [];
  const disk: Disk = {
    sync() {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
    syncNow: () => void now.push(syncs.length),
    close: () => {},
  };
  return { disk, syncs, now };
}

function newQueue(disk: Disk) {
  const db = openSqlite(":memory:");
  db.exec("CREATE TABLE rows (n INTEGER)");
  const insert = db.prepare("INSERT INTO rows VALUES (?)");
  const queue = new CommitQueue(db, { file: "state.db", disk, beforeCommit: () => {} });
  const settled: string[] = [];
  const add = (n: number): void => {
    const done = (word: string) => () => void settled.push(`${n} ${word}`);
    void queue.add("row", () => void insert.run(n)).then(done("kept"), done("lost"));
  };
  const committed = (): readonly number[] =>
    db
      .prepare("SELECT n FROM rows")
      .all()
      .map(({ n }) => Number(n));
  return { db, queue, add, settled, committed };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await turn();
};

describe("a group commit", () => {
  it("resolves a write when the disk has it, and not when it is committed", async () => {
    const { disk, syncs } = slowDisk();
    const { add, settled, committed } = newQueue(disk);
    add(1);
    add(2);
    await turn();
    expect(committed()).toEqual([1, 2]);
    expect(settled).toEqual([]);
    syncs[0]?.resolve();
    await turn();
    expect(settled).toEqual(["1 kept", "2 kept"]);
  });

  it("commits while the disk is busy, and syncs once for all that was committed meanwhile", async () => {
    const { disk, syncs } = slowDisk();
    const { add, settled, committed } = newQueue(disk);
    for (const n of [1, 2, 3]) {
      add(n);
      await turn();
    }
    expect(committed()).toEqual([1, 2, 3]);
    expect(syncs).toHaveLength(1);
    syncs[0]?.resolve();
    await turn();
    expect(settled).toEqual(["1 kept"]);
    expect(syncs).toHaveLength(2);
    syncs[1]?.resolve();
    await turn();
    expect(settled).toEqual(["1 kept", "2 kept", "3 kept"]);
  });

  it("loses all that is not on the disk when a sync fails, and never asks again whether it is", async () => {
    const { disk, syncs } = slowDisk();
    const { add, settled } = newQueue(disk);
    for (const n of [1, 2]) {
      add(n);
      await turn();
    }
    syncs[0]?.reject(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }));
    await turn();
    add(3);
    await turn();
    expect(settled).toEqual(["1 lost", "2 lost", "3 lost"]);
    expect(syncs).toHaveLength(1);
  });

  it("puts everything on the disk before flush returns, whatever is under way", async () => {
    const { disk, syncs, now } = slowDisk();
    const { add, queue, settled, committed } = newQueue(disk);
    for (const n of [1, 2]) {
      add(n);
      await turn();
    }
    add(3);
    queue.flush();
    expect(committed()).toEqual([1, 2, 3]);
    expect(now).toHaveLength(1);
    for (const sync of syncs) {
      sync.resolve();
      await turn();
    }
    expect(settled).toEqual(["1 kept", "2 kept", "3 kept"]);
    expect(syncs).toHaveLength(2);
  });

  it("waits at a flush for the sync that is under way, which may be the one that is told of a failure", async () => {
    const { disk, syncs, now } = slowDisk();
    const { add, queue, settled } = newQueue(disk);
    add(1);
    await turn();
    add(2);
    queue.flush();
    expect(now).toHaveLength(1);
    await turn();
    expect(settled).toEqual([]);
    syncs[0]?.reject(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }));
    await queue[Symbol.asyncDispose]();
    await turn();
    expect(settled).toEqual(["1 lost", "2 lost"]);
  });

  it("is closed when no sync is under way any more", async () => {
    const { disk, syncs } = slowDisk();
    const { add, queue } = newQueue(disk);
    add(1);
    await turn();
    let isClosed = false;
    void queue[Symbol.asyncDispose]().then(() => (isClosed = true));
    await turn();
    expect(isClosed).toBe(false);
    syncs[0]?.resolve();
    await turn();
    expect(isClosed).toBe(true);
  });

  it("says that a write is kept only after a sync that began when it was committed, whatever the order of events", async () => {
    const event = fc.oneof(
      { weight: 3, arbitrary: fc.constant("add" as const) },
      fc.constant("turn" as const),
      fc.constant("sync ends" as const),
      { weight: 1, arbitrary: fc.constant("flush" as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const { disk, syncs, now } = slowDisk();
        /** What was committed when each sync began: all of it is durable when that one ends. */
        const covered: number[] = [];
        let durable = 0;
        const { add, queue, settled, committed, db } = newQueue({
          ...disk,
          sync: () => (covered.push(committed().length), disk.sync()),
          syncNow: () => (disk.syncNow(), (durable = committed().length)),
        });
        let added = 0;
        let ended = 0;
        for (const what of events) {
          if (what === "add") add((added += 1));
          else if (what === "turn") await turn();
          else if (what === "flush") queue.flush();
          else if (ended < syncs.length) {
            durable = Math.max(durable, covered[ended] ?? 0);
            syncs[ended++]?.resolve();
          }
          expect(settled.length).toBeLessThanOrEqual(durable);
        }
        queue.flush();
        await turn();
        for (; ended < syncs.length; ended += 1) {
          syncs[ended]?.resolve();
          await turn();
        }
        expect(settled).toEqual(Array.from({ length: added }, (_, index) => `${index + 1} kept`));
        expect(now.length).toBeLessThanOrEqual(events.length + 1);
        db.close();
      }),
      { numRuns: runs(200) },
    );
  });

  it.each<[what: string, size: number, atOnce: number]>([
    ["many records", 0, 250],
    ["records with long texts", 1_000_000, 2],
    ["a record with a text longer than that", 5_000_000, 1],
  ])("commits %s in parts, in their order, with the event loop going on in between", async (_, size, atOnce) => {
    const { disk, syncs } = slowDisk();
    const { queue, db, committed } = newQueue(disk);
    const insert = db.prepare("INSERT INTO rows VALUES (?)");
    const count = 3 * atOnce;
    const kept = Promise.all(
      Array.from({ length: count }, (_, n) => queue.add("row", () => void insert.run(n), { size })),
    );
    const seen: number[] = [];
    while (committed().length < count) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(committed().length);
    }
    expect([...new Set(seen)].filter((length) => length > 0)).toEqual([atOnce, 2 * atOnce, count]);
    expect(committed()).toEqual(Array.from({ length: count }, (_, n) => n));
    for (let n = 0; n < syncs.length; n += 1) {
      syncs[n]?.resolve();
      await turns(20);
    }
    await kept;
  });

  it("commits nothing while the log is emptied, except at a flush", async () => {
    const { disk, syncs } = slowDisk();
    const pause = Promise.withResolvers<void>();
    let paused: Promise<void> | undefined = pause.promise;
    const counts: number[] = [];
    const checkpoints = {
      committed: (records: number) => void counts.push(records),
      get paused() {
        return paused;
      },
      [Symbol.asyncDispose]: async () => {},
    };
    const { add, queue, settled, committed } = newQueue({ ...disk, checkpoints });
    add(1);
    await turn();
    expect(committed()).toEqual([]);
    queue.flush();
    expect(committed()).toEqual([1]);
    add(2);
    await turn();
    expect(committed()).toEqual([1]);
    paused = undefined;
    pause.resolve();
    await turn();
    expect(committed()).toEqual([1, 2]);
    expect(counts).toEqual([1, 1]);
    syncs[0]?.resolve();
    await turn();
    syncs[1]?.resolve();
    await turn();
    expect(settled).toEqual(["1 kept", "2 kept"]);
  });
});
