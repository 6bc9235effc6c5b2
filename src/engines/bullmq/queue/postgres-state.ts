import type { Pool } from "pg";
import { originalText, storableText } from "../../../text/index.ts";
import { SCHEMA } from "./postgres-schema.ts";
import type { PermitWindow, SharedState } from "./shared-state.ts";
import { permitAnswerOf } from "./permit-answer.ts";

/** The shared state in Postgres, in a schema of its own (`holdfast`), which it creates if it is missing. */
export async function postgresState(pool: Pool): Promise<SharedState> {
  await pool.query(SCHEMA);
  // Names of lanes and keys may be any text, and Postgres refuses some.
  const ask = async (sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> =>
    (await pool.query<Record<string, unknown>>(sql, values.map(toStored))).rows;
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
      return row === undefined ? undefined : originalText(String(row["value"]));
    },
    async remove(keys) {
      if (keys.length > 0) await ask("DELETE FROM holdfast.shared WHERE key = ANY($1)", [keys]);
    },
    async swap(key, { before, after, ttlMs }) {
      const [row] = await ask("SELECT holdfast.swap($1, $2, $3, $4) AS found", [
        key,
        before ?? null,
        after ?? null,
        ttlMs,
      ]);
      const found = row?.["found"];
      return typeof found === "string" ? originalText(found) : undefined;
    },
    async list(prefix) {
      await ask("DELETE FROM holdfast.shared WHERE expires_at <= clock_timestamp()", []);
      const rows = await ask("SELECT value FROM holdfast.shared WHERE starts_with(key, $1)", [prefix]);
      return rows.map(({ value }) => originalText(String(value)));
    },
    async removeExpired() {
      await ask("DELETE FROM holdfast.shared WHERE expires_at <= clock_timestamp()", []);
      await ask("DELETE FROM holdfast.down WHERE expires_at <= clock_timestamp()", []);
      const leases = await ask("DELETE FROM holdfast.lease WHERE expires_at <= clock_timestamp() RETURNING id", []);
      // The name of a window's log says how long it is.
      const spent = await ask(
        `DELETE FROM holdfast.spent
         WHERE at <= clock_timestamp() - split_part(log, ':', 2)::float8 * interval '1 millisecond' RETURNING id`,
        [],
      );
      return new Set([...leases, ...spent].map(({ id }) => id)).size;
    },
    async take(lane, { id, asker, leaseMs, concurrency, windows }) {
      const [row] = await ask("SELECT holdfast.take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS turn", [
        lane,
        id,
        asker,
        leaseMs,
        concurrency,
        windows.map(logOf),
        windows.map(({ perMs }) => perMs),
        windows.map(({ limit }) => limit),
        windows.map(({ amount }) => amount),
        windows.map(({ arrivesWithinMs }) => arrivesWithinMs),
      ]);
      return permitAnswerOf(row?.["turn"]);
    },
    async release(lane, { id, asker, windows }, { outcome, amounts = [] }) {
      const [row] = await ask("SELECT * FROM holdfast.release($1, $2, $3, $4, $5, $6)", [
        lane,
        id,
        asker,
        outcome,
        windows.map(logOf),
        amounts,
      ]);
      return { unreached: Number(row?.["unreached"] ?? 0), isDown: Number(row?.["others"] ?? 0) > 0 };
    },
    async renew(lane, ids, leaseMs) {
      if (ids.length === 0) return;
      await ask(
        `UPDATE holdfast.lease SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE lane = $1 AND id = ANY($2)`,
        [lane, ids, leaseMs],
      );
    },
    async pause(lane, forMs) {
      await ask(
        `INSERT INTO holdfast.lane (name, quiet_until) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
         ON CONFLICT (name) DO UPDATE SET quiet_until = greatest(holdfast.lane.quiet_until, excluded.quiet_until)`,
        [lane, forMs],
      );
    },
    async markDown(lane, { asker, leaseMs }) {
      await ask(
        `INSERT INTO holdfast.down VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
         ON CONFLICT (lane, asker) DO UPDATE SET expires_at = excluded.expires_at`,
        [lane, asker, leaseMs],
      );
    },
    async keepDown(lane, { asker, leaseMs }) {
      await ask(
        `UPDATE holdfast.down SET expires_at = clock_timestamp() + $3 * interval '1 millisecond'
         WHERE lane = $1 AND asker = $2`,
        [lane, asker, leaseMs],
      );
    },
    async markUp(lane) {
      await ask(
        `WITH gone AS (DELETE FROM holdfast.down WHERE lane = $1)
         UPDATE holdfast.lane SET unreached = 0 WHERE name = $1`,
        [lane],
      );
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The name of a window's log. */
const logOf = ({ counts, perMs }: PermitWindow): string => `${counts}:${perMs}`;

function toStored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toStored);
  return typeof value === "string" ? storableText(value) : value;
}
