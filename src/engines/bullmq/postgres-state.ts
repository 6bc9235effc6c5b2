import type { Pool } from "pg";
import { SCHEMA } from "./postgres-schema.ts";
import { SLOT_POLL_MS, type SharedState } from "./shared-state.ts";

/** The shared state in Postgres, in a schema of its own (`holdfast`), which it makes when it is missing. */
export async function postgresState(pool: Pool): Promise<SharedState> {
  await pool.query(SCHEMA);
  const ask = async (sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
    (await pool.query(sql, [...values])).rows;
  return {
    async put(key, value, { ttlMs } = {}) {
      await ask(
        `INSERT INTO holdfast.shared (key, value, expires_at)
         VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
         ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
        [key, value, ttlMs ?? null],
      );
    },
    async get(key) {
      const [row] = await ask(
        "SELECT value FROM holdfast.shared WHERE key = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())",
        [key],
      );
      return row === undefined ? undefined : String(row["value"]);
    },
    async remove(keys) {
      if (keys.length > 0) await ask("DELETE FROM holdfast.shared WHERE key = ANY($1)", [keys]);
    },
    async list(prefix) {
      await ask("DELETE FROM holdfast.shared WHERE expires_at <= clock_timestamp()", []);
      const rows = await ask("SELECT value FROM holdfast.shared WHERE starts_with(key, $1)", [prefix]);
      return rows.map(({ value }) => String(value));
    },
    async take(lane, { id, leaseMs, concurrency, windows }) {
      const [row] = await ask("SELECT holdfast.take($1, $2, $3, $4, $5, $6, $7) AS wait_ms", [
        lane,
        id,
        leaseMs,
        concurrency,
        windows.map(({ perMs }) => perMs),
        windows.map(({ limit }) => limit),
        windows.map(({ amount }) => amount),
      ]);
      const waitMs = Number(row?.["wait_ms"]);
      return waitMs < 0 ? SLOT_POLL_MS : waitMs;
    },
    async release(lane, { id }, amounts) {
      await ask("DELETE FROM holdfast.lease WHERE lane = $1 AND id = $2", [lane, id]);
      if (!amounts) return;
      await ask(
        "UPDATE holdfast.spent SET amount = ($3::float8[])[place] WHERE lane = $1 AND id = $2 AND place <= cardinality($3)",
        [lane, id, amounts],
      );
    },
    async renew(lane, ids, leaseMs) {
      if (ids.length === 0) return;
      await ask(
        `UPDATE holdfast.lease SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE lane = $1 AND id = ANY($2)`,
        [lane, ids, leaseMs],
      );
    },
    async quiet(lane, forMs) {
      await ask(
        `INSERT INTO holdfast.lane (name, quiet_until) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
         ON CONFLICT (name) DO UPDATE SET quiet_until = greatest(holdfast.lane.quiet_until, excluded.quiet_until)`,
        [lane, forMs],
      );
    },
    async setDown(lane, isDown) {
      await ask(
        `INSERT INTO holdfast.lane (name, down_until) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET down_until = excluded.down_until`,
        [lane, isDown ? new Date(Date.now() + DOWN_FOR_MS) : null],
      );
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A fleet that died while a lane was down must not find it so for ever. */
const DOWN_FOR_MS = 60_000;
