import { HoldfastError, messageOf } from "../../../core/failure/index.ts";
import { showAddress, type QueueAddress } from "./address.ts";
import type { Backend, BackendOptions } from "./backend.ts";

/**
 * Connects to the queue's database. Throws a `HoldfastError`: `model_unusable` when it cannot be reached or may lose
 * data, `usage` when its driver package is not installed.
 */
export async function openBackend(address: QueueAddress, options: BackendOptions = {}): Promise<Backend> {
  const url = "redis" in address ? address.redis : address.postgres;
  try {
    // The drivers are imported in this `try`: it tells a bundler that each of them is optional.
    if ("redis" in address) {
      const driver = await import("ioredis");
      const { openRedis } = await import("./redis-backend.ts");
      return await openRedis(url, { ...options, driver });
    }
    const driver = await import("pg");
    const { openPostgres } = await import("./postgres-backend.ts");
    return await openPostgres(url, { ...options, driver });
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause;
    if (isMissingPackage(cause)) throw notInstalled("redis" in address ? "ioredis" : "pg", cause);
    throw new HoldfastError("queue_unusable", `Cannot use the queue at ${showAddress(url)}: ${messageOf(cause)}.`, {
      cause,
      hint: "Nothing was started or changed. Start the database, or fix the address, then run again.",
    });
  }
}

const isMissingPackage = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";

const notInstalled = (driver: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    "usage",
    `Workers on other machines need the packages bullmq and ${driver}, which are not installed.`,
    {
      cause,
      hint: `Install them beside holdfast: npm install bullmq ${driver}`,
    },
  );
