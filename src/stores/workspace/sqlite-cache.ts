import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { crashPoint } from "../../core/files/index.ts";
import { resultCode, type Guard } from "./faults.ts";
import type { AnswerQuery, AnswerSize, CachedAnswers } from "./cached-answers.ts";

/** Answers in the workspace's database; `now` is in milliseconds since 1970. */
export function sqliteCache(db: DatabaseSync, guard: Guard, now: () => number): CachedAnswers {
  const { get, set, steps, measure, page, remove } = guard(() => prepareStatements(db));

  const prune = (query: AnswerQuery): AnswerSize => {
    const wanted = toParameters(query);
    const removed = { answers: 0, bytes: 0 };
    for (let after = 0; ;) {
      const last = page.get({ ...wanted, after })?.["last"];
      if (typeof last !== "number") return removed;
      for (const row of remove.all({ ...wanted, after, last })) {
        removed.answers += 1;
        removed.bytes += Number(row["bytes"]);
      }
      after = last;
    }
  };

  return {
    get: (key) =>
      guard(() => {
        const row = get.get(key);
        return row && String(row["output"]);
      }),
    set: (key, step, output) =>
      guard(() => {
        crashPoint("cache:set", { optional: true });
        set.run(key, step, new Date(now()).toISOString(), output);
        crashPoint("cache:set:done");
      }),
    steps: () =>
      guard(() =>
        steps.all().map((row) => ({
          step: String(row["step"]),
          ...toSize(row),
          oldestAt: String(row["oldest"]),
          newestAt: String(row["newest"]),
        })),
      ),
    measure: (query) => guard(() => toSize(measure.get(toParameters(query)))),
    prune: (query) =>
      guard(() => {
        const removed = prune(query);
        if (removed.answers > 0 && toSize(measure.get(toParameters({}))).bytes <= MAX_COMPACTED_BYTES) compact(db);
        return removed;
      }),
  };
}

const SQLITE_BUSY = 5;

/** Answers are removed in batches of this size, so that a run in another process never waits for long. */
const PAGE = 1000;

/** With more than this left, compacting would keep other processes waiting; the file then keeps its size for new answers. */
const MAX_COMPACTED_BYTES = 100_000_000;

const WANTED = "(:step IS NULL OR step = :step) AND (:before IS NULL OR created_at < :before)";

function prepareStatements(db: DatabaseSync) {
  return {
    get: db.prepare("SELECT output FROM cache WHERE key = ?"),
    set: db.prepare(`
      INSERT INTO cache (key, step, created_at, output) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET step = excluded.step, created_at = excluded.created_at, output = excluded.output`),
    steps: db.prepare(`
      SELECT step, count(*) AS answers, sum(octet_length(output)) AS bytes, min(created_at) AS oldest, max(created_at) AS newest
      FROM cache GROUP BY step ORDER BY step`),
    measure: db.prepare(`
      SELECT count(*) AS answers, coalesce(sum(octet_length(output)), 0) AS bytes FROM cache WHERE ${WANTED}`),
    page: db.prepare(`
      SELECT max(rowid) AS last FROM (
        SELECT rowid FROM cache WHERE rowid > :after AND ${WANTED} ORDER BY rowid LIMIT ${PAGE})`),
    remove: db.prepare(`
      DELETE FROM cache WHERE rowid > :after AND rowid <= :last AND ${WANTED}
      RETURNING octet_length(output) AS bytes`),
  };
}

const toParameters = ({ before, step }: AnswerQuery) => ({
  before: before?.toISOString() ?? null,
  step: step ?? null,
});

const toSize = (row: Record<string, SQLOutputValue> | undefined): AnswerSize => ({
  answers: Number(row?.["answers"]),
  bytes: Number(row?.["bytes"]),
});

/** Gives the space back to the disk, unless another process is busy: then the file keeps its size for new answers. */
function compact(db: DatabaseSync): void {
  const waitMs = Number(db.prepare("PRAGMA busy_timeout").get()?.["timeout"]);
  db.exec("PRAGMA busy_timeout = 0");
  try {
    db.exec("VACUUM");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch (fault) {
    if (resultCode(fault) !== SQLITE_BUSY) throw fault;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${waitMs}`);
  }
}
