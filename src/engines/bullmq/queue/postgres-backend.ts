import { createPostgresBackend, Queue, QueueEvents, Worker } from "bullmq";
import type * as pg from "pg";
import { showAddress } from "./address.ts";
import type { Backend, BackendOptions } from "./backend.ts";
import { leasesInPostgres } from "./lease.ts";
import { postgresState } from "./postgres-state.ts";

/** How long the first connection may take, and how long one that is asked for waits for a free one. */
const CONNECT_MS = 5_000;

/** Concurrent checkpoints and permits of one process: they share a write to the disk. */
const CONNECTIONS = 10;

/** An event between reading and listening is missed, so events and jobs are polled this often. */
const ASK_AGAIN_MS = 100;
const ASK_AGAIN_S = 0.5;

/** A job that was too large to travel as it is has no reports to append to. */
const APPEND = `
UPDATE bullmq.job AS job SET data = jsonb_set(job.data, '{done}', job.data->'done' || jsonb_build_array(given.report::jsonb))
FROM unnest($2::text[], $3::text[], $4::text[]) AS given (id, token, report)
WHERE job.queue = $1 AND job.id = given.id AND job.state = 'active' AND job.lock_token = given.token
  AND jsonb_typeof(job.data->'done') = 'array' AND NOT job.data ? 'sealed'
RETURNING job.id`;

export interface OpenPostgresOptions extends BackendOptions {
  readonly driver: Pick<typeof pg, "Pool">;
}

/** No worker has started the job, or its lock ran out: its worker died. */
const IS_FREE = "(state IN ('waiting', 'delayed') OR (state = 'active' AND locked_until_ms < $3))";

/** Opens a Postgres for queues. It keeps what it has committed, so none is refused. */
export async function openPostgres(
  url: string,
  { driver, onConnection = () => {} }: OpenPostgresOptions,
): Promise<Backend> {
  const pool = new driver.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    max: CONNECTIONS,
  });
  let isLost = false;
  const lost = (error: unknown): void => {
    if (isLost) return;
    isLost = true;
    onConnection({ kind: "lost", error });
  };
  pool.on("error", lost);
  pool.on("connect", () => {
    if (!isLost) return;
    isLost = false;
    onConnection({ kind: "back" });
  });
  try {
    const state = await postgresState(pool);
    const connection = { connectionString: url, migrate: true, keepAlive: true };
    const ignoreErrors = <T extends { on(event: "error", listener: (error: unknown) => void): unknown }>(
      opened: T,
    ): T => {
      opened.on("error", lost);
      return opened;
    };
    return {
      address: showAddress(url),
      state,
      // BullMQ's own `remove` would remove a job while a worker processes it.
      async takeBack(queueName, jobId) {
        const { rows } = await pool.query(
          `WITH free AS (SELECT id, data->'done' IS NOT NULL AND data->'done' <> '[]' AS is_begun FROM bullmq.job
             WHERE queue = $1 AND id = $2 AND ${IS_FREE} FOR UPDATE),
           gone AS (DELETE FROM bullmq.job WHERE queue = $1 AND id IN (SELECT id FROM free WHERE NOT is_begun))
           SELECT id FROM free`,
          [queueName, jobId, Date.now()],
        );
        return rows.length > 0;
      },
      async discard(queueName, jobId) {
        const { rowCount } = await pool.query(`DELETE FROM bullmq.job WHERE queue = $1 AND id = $2 AND ${IS_FREE}`, [
          queueName,
          jobId,
          Date.now(),
        ]);
        return (rowCount ?? 0) > 0;
      },
      async removeEnded(queueName, jobIds) {
        const { rows } = await pool.query<{ readonly id: string }>(
          "DELETE FROM bullmq.job WHERE queue = $1 AND id = ANY($2) AND state IN ('completed', 'failed') RETURNING id",
          [queueName, jobIds],
        );
        const removed = new Set(rows.map(({ id }) => id));
        return jobIds.map((id) => removed.has(id));
      },
      async finish(queueName, { id, data }, result) {
        const { rowCount } = await pool.query(
          `UPDATE bullmq.job SET state = 'completed', return_value = $5::jsonb, finished_at_ms = $3, lock_token = NULL,
             locked_until_ms = NULL
           WHERE queue = $1 AND id = $2 AND data = $4::jsonb AND ${IS_FREE}`,
          [queueName, id, Date.now(), JSON.stringify(data), JSON.stringify(result)],
        );
        return (rowCount ?? 0) > 0;
      },
      async append(queueName, reports) {
        const { rows } = await pool.query<{ readonly id: string }>(APPEND, [
          queueName,
          reports.map(({ id }) => id),
          reports.map(({ token }) => token),
          reports.map(({ report }) => report),
        ]);
        const kept = new Set(rows.map(({ id }) => id));
        return reports.map(({ id }) => kept.has(id));
      },
      async checkpoint(queueName, { id, token }, data) {
        const { rowCount } = await pool.query(
          "UPDATE bullmq.job SET data = $4::jsonb WHERE queue = $1 AND id = $2 AND state = 'active' AND lock_token = $3",
          [queueName, id, token, JSON.stringify(data)],
        );
        return (rowCount ?? 0) > 0;
      },
      extendLeases: leasesInPostgres(pool),
      openQueue: (name) => ignoreErrors(new Queue(name, { connection }, createPostgresBackend)),
      openEvents: (name) =>
        ignoreErrors(new QueueEvents(name, { connection, blockingTimeout: ASK_AGAIN_MS }, createPostgresBackend)),
      openWorker: (name, processor, options) =>
        ignoreErrors(
          new Worker(name, processor, { ...options, drainDelay: ASK_AGAIN_S, connection }, createPostgresBackend),
        ),
      [Symbol.asyncDispose]: () => pool.end(),
    };
  } catch (error) {
    await pool.end().catch(() => {});
    throw error;
  }
}
