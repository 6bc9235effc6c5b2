import type { DatabaseSync } from "node:sqlite";
import type { AnswerCache } from "../../core/cache.ts";
import { crashPoint } from "../../core/crash-point.ts";
import type { Guard } from "./faults.ts";

/** Answers in the workspace's database; `now` is in milliseconds since 1970. */
export function sqliteCache(db: DatabaseSync, guard: Guard, now: () => number): AnswerCache {
  const { get, set } = guard(() => prepareStatements(db));
  return {
    get: (key) =>
      guard(() => {
        const row = get.get(key);
        return row && String(row["output"]);
      }),
    set: (key, step, output) =>
      guard(() => {
        crashPoint("cache:set");
        set.run(key, step, new Date(now()).toISOString(), output);
        crashPoint("cache:set:done");
      }),
  };
}

function prepareStatements(db: DatabaseSync) {
  return {
    get: db.prepare("SELECT output FROM cache WHERE key = ?"),
    set: db.prepare(`
      INSERT INTO cache (key, step, created_at, output) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET step = excluded.step, created_at = excluded.created_at, output = excluded.output`),
  };
}
