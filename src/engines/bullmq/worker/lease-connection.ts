/// <reference lib="esnext.disposable" preserve="true" />
import type { QueueAddress } from "../queue/address.ts";
import { leasesInPostgres, leasesInRedis, type ExtendLease } from "../queue/lease.ts";
import type { SharedState } from "../queue/shared-state.ts";

/** What a thread needs of the queue's database to renew leases: without BullMQ, which is most of what a worker loads. */
export interface LeaseConnection extends AsyncDisposable {
  readonly extendLease: ExtendLease;
  readonly state: Pick<SharedState, "put">;
}

/** Connects when it is used; the worker has found that the database can be used. */
export async function openLeases(address: QueueAddress): Promise<LeaseConnection> {
  if ("redis" in address) {
    const { Redis } = await import("ioredis");
    const { redisState } = await import("../queue/redis-state.ts");
    const { scriptRunner } = await import("../queue/run-script.ts");
    const redis = new Redis(address.redis);
    // It is asked again.
    redis.on("error", () => {});
    return {
      extendLease: leasesInRedis(scriptRunner(redis)),
      state: redisState(redis),
      async [Symbol.asyncDispose]() {
        redis.disconnect();
      },
    };
  }
  const { Pool } = await import("pg");
  const { postgresState } = await import("../queue/postgres-state.ts");
  const pool = new Pool({ connectionString: address.postgres, keepAlive: true, max: 1 });
  pool.on("error", () => {});
  return {
    extendLease: leasesInPostgres(pool),
    state: await postgresState(pool),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
