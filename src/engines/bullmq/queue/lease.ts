import type { Pool } from "pg";
import type { HeldJob } from "./backend.ts";
import type { RunScript } from "./run-script.ts";

/**
 * A worker's lease on a job, and how often abandoned ones are looked for: one is noticed at the second look, so that a
 * dead worker's item goes on within five seconds.
 */
export const LOCK_MS = 3_000;
export const LOOK_FOR_STALLED_MS = 500;

/** Renews the leases on jobs for so many milliseconds, in one kind of database. Returns for each whether it is still held. */
export type ExtendLeases = (
  queueName: string,
  held: readonly HeldJob[],
  leaseMs: number,
) => Promise<readonly boolean[]>;

/** A Redis whose memory is full refuses SET, and lets PEXPIRE through: the lease on a call that was paid for must not end then. */
const EXTEND_LEASES = `
local held = {}
for i = 2, #KEYS do
  local token, id = ARGV[i * 2 - 2], ARGV[i * 2 - 1]
  held[i - 1] = 0
  if redis.call('GET', KEYS[i]) == token then
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
    redis.call('SREM', KEYS[1], id)
    held[i - 1] = 1
  end
end
return held`;

export const leasesInRedis =
  (run: RunScript): ExtendLeases =>
  async (queueName, held, leaseMs) => {
    const at = `bull:${queueName}`;
    const keys = [`${at}:stalled`, ...held.map(({ id }) => `${at}:${id}:lock`)];
    const found = await run(EXTEND_LEASES, keys, [String(leaseMs), ...held.flatMap(({ id, token }) => [token, id])]);
    return Array.isArray(found) ? found.map((one) => one === 1) : held.map(() => false);
  };

const EXTEND_IN_POSTGRES = `
UPDATE bullmq.job AS job SET locked_until_ms = $4
FROM unnest($2::text[], $3::text[]) AS held (id, token)
WHERE job.queue = $1 AND job.id = held.id AND job.state = 'active' AND job.lock_token = held.token
RETURNING job.id`;

export const leasesInPostgres =
  (pool: Pick<Pool, "query">): ExtendLeases =>
  async (queueName, held, leaseMs) => {
    const [ids, tokens] = [held.map(({ id }) => id), held.map(({ token }) => token)];
    const { rows } = await pool.query<{ readonly id: string }>(EXTEND_IN_POSTGRES, [
      queueName,
      ids,
      tokens,
      Date.now() + leaseMs,
    ]);
    const kept = new Set(rows.map(({ id }) => id));
    return ids.map((id) => kept.has(id));
  };
