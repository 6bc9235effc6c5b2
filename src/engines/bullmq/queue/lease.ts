import type { Pool } from "pg";
import type { HeldJob } from "./backend.ts";
import type { RunScript } from "./run-script.ts";

/**
 * A worker's lease on a job, and how often abandoned ones are looked for: one is noticed at the second look, so that a
 * dead worker's item goes on within five seconds.
 */
export const LOCK_MS = 3_000;
export const LOOK_FOR_STALLED_MS = 500;

/** Renews the lease on a job for so many milliseconds, in one kind of database. Returns whether it is still held. */
export type ExtendLease = (queueName: string, held: HeldJob, leaseMs: number) => Promise<boolean>;

/** A Redis whose memory is full refuses SET, and lets PEXPIRE through: the lease on a call that was paid for must not end then. */
const EXTEND_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SREM', KEYS[2], ARGV[3])
return 1`;

export const leasesInRedis =
  (run: RunScript): ExtendLease =>
  async (queueName, { id, token }, leaseMs) => {
    const at = `bull:${queueName}`;
    return (await run(EXTEND_LEASE, [`${at}:${id}:lock`, `${at}:stalled`], [token, String(leaseMs), id])) === 1;
  };

export const leasesInPostgres =
  (pool: Pick<Pool, "query">): ExtendLease =>
  async (queueName, { id, token }, leaseMs) => {
    const { rowCount } = await pool.query(
      "UPDATE bullmq.job SET locked_until_ms = $4 WHERE queue = $1 AND id = $2 AND state = 'active' AND lock_token = $3",
      [queueName, id, token, Date.now() + leaseMs],
    );
    return (rowCount ?? 0) > 0;
  };
