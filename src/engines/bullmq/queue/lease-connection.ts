/// <reference lib="esnext.disposable" preserve="true" />
import type { QueueAddress } from "./address.ts";
import { leasesInPostgres, leasesInRedis, type ExtendLeases } from "./lease.ts";
import { postgresState } from "./postgres-state.ts";
import { redisState } from "./redis-state.ts";
import { scriptRunner } from "./run-script.ts";
import type { SharedState } from "./shared-state.ts";

/** What a thread needs of the queue's database to renew leases: without BullMQ, which is most of what a worker loads. */
export interface LeaseConnection extends AsyncDisposable {
  readonly extendLeases: ExtendLeases;
  readonly state: Pick<SharedState, "put" | "renew">;
}

/** Connects to a database that the worker has found usable. */
export async function connectForLeases(address: QueueAddress): Promise<LeaseConnection> {
  try {
    // The drivers are imported in this `try`: it tells a bundler that each of them is optional.
    if ("redis" in address) {
      const { Redis } = await import("ioredis");
      const redis = new Redis(address.redis);
      // The next look asks again.
      redis.on("error", () => {});
      return {
        extendLeases: leasesInRedis(scriptRunner(redis)),
        state: redisState(redis),
        async [Symbol.asyncDispose]() {
          redis.disconnect();
        },
      };
    }
    const { Pool } = await import("pg");
    const pool = new Pool({ connectionString: address.postgres, keepAlive: true, max: 1 });
    pool.on("error", () => {});
    return {
      extendLeases: leasesInPostgres(pool),
      state: await postgresState(pool),
      [Symbol.asyncDispose]: () => pool.end(),
    };
  } catch (cause) {
    throw new Error("No leases are kept while a step blocks the event loop.", { cause });
  }
}
