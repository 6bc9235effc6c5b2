import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqlite } from "../../src/core/files/sqlite/index.ts";
import { readRecord, recordDisk, type DiskEvent } from "./disk-record.ts";
import { remainsAt, type Survives } from "./power-cut.ts";
import { randomFrom } from "./random.ts";

const SCRIPT = join(import.meta.dirname, "fixtures", "write-steadily.ts");
/** Enough for the log to be begun again several times, while 25 records wait at a time. */
const RECORDS = { count: 4_000, characters: 8_000, others: 25 };
const CUTS = 60;
const SEED = 20_260_119;

/** What the disk wrote of what nobody had asked it to have written by the time of the cut. */
const LATER_WRITES: Readonly<Record<string, (random: () => number) => Survives>> = {
  nothing: () => () => false,
  everything: () => () => true,
  "the database only":
    () =>
    ({ file }) =>
      !file.endsWith("-wal"),
  "the log only":
    () =>
    ({ file }) =>
      file.endsWith("-wal"),
  "some of the writes": (random) => {
    const kept = new Map<unknown, boolean>();
    return (change) => {
      if (!kept.has(change)) kept.set(change, random() < 0.5);
      return kept.get(change) === true;
    };
  },
  "some of the sectors": (random) => () => random() < 0.5,
};

/** Times at which the power is cut: most while pages are moved out of the log, or right before or after. */
function cutsIn(events: readonly DiskEvent[], random: () => number): readonly number[] {
  const first = events.find(({ kind }) => kind === "said")?.from ?? 0;
  const moving = events.filter((event) => event.kind !== "said" && !event.file.endsWith("-wal") && event.from > first);
  const others = events.filter(({ from }) => from > first);
  return Array.from({ length: CUTS }, (_, n) => {
    const among = n % 3 === 0 ? others : moving;
    const event = among[Math.floor(random() * among.length)];
    return (event?.from ?? 0) + Math.floor(random() * 3);
  });
}

interface Found {
  readonly integrity: unknown;
  /** Records that it was told were on the disk, and that are not. */
  readonly lost: readonly string[];
}

let folder: string;
let events: readonly DiskEvent[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-power-"));
  const { count, characters, others } = RECORDS;
  const [file, trace] = [join(folder, "state.db"), join(folder, "trace")];
  await recordDisk([SCRIPT, file, ...[count, characters, others].map(String)], trace);
  events = await readRecord(trace, file);
  rmSync(trace);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process finds that opens the files after the cut. `told` is what counts as said by then. */
function openAfter(record: readonly DiskEvent[], time: number, survives: Survives): Found {
  const place = mkdtempSync(join(folder, "cut-"));
  for (const [file, bytes] of remainsAt(record, time, survives)) writeFileSync(join(place, basename(file)), bytes);
  const told = new Map<string, number>();
  for (const event of events) {
    if (event.from >= time || event.kind !== "said") continue;
    const [, n = "", key = ""] = /^(\d+) (.*)\n$/.exec(event.text) ?? [];
    told.set(key, Math.max(Number(n), told.get(key) ?? 0));
  }
  let found: Found;
  try {
    using db = openSqlite(join(place, "state.db"));
    const integrity = db.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
    const rows = db.prepare("SELECT key, value FROM facts").all();
    const kept = new Map(rows.map(({ key, value }) => [String(key), Number.parseInt(String(value), 10)]));
    const lost = [...told].filter(([key, n]) => (kept.get(key) ?? -1) < n).map(([key, n]) => `${n} ${key}`);
    found = { integrity, lost };
  } catch (error) {
    found = { integrity: String(error), lost: [] };
  }
  rmSync(place, { recursive: true });
  return found;
}

describe("a power cut while another thread moves pages out of the log", { tags: "soak" }, () => {
  it("is recorded from a run in which the log was begun again several times", () => {
    const said = events.filter(({ kind }) => kind === "said");
    expect(said).toHaveLength(RECORDS.count);
    const begun = events.filter((event) => event.kind === "write" && event.file.endsWith("-wal") && event.at === 0);
    expect(begun.length).toBeGreaterThan(2);
  });

  it.each(Object.entries(LATER_WRITES))(
    "loses nothing of what was said to be on the disk, with %s of what came later",
    (_, of) => {
      const random = randomFrom(SEED);
      for (const time of cutsIn(events, random)) {
        expect({ time, ...openAfter(events, time, of(random)) }).toEqual({ time, integrity: "ok", lost: [] });
      }
    },
  );

  it.each([
    ["the log is", (file: string) => file.endsWith("-wal")],
    ["the database is", (file: string) => !file.endsWith("-wal")],
  ])("would lose some if a sync did nothing, when %s not synced", (_, isMeant) => {
    const random = randomFrom(SEED);
    const lying = events.filter((event) => event.kind !== "sync" || !isMeant(event.file));
    const found = cutsIn(events, random).map((time) => openAfter(lying, time, () => false));
    expect(found.filter(({ integrity, lost }) => integrity !== "ok" || lost.length > 0)).not.toEqual([]);
  });
});
