import { HoldfastError, messageOf } from "../../../core/failure/index.ts";
import { passwordVariable, showAddress, urlOf, type QueueAddress } from "./address.ts";
import type { Backend, BackendOptions } from "./backend.ts";

/**
 * Connects to the queue's database. Throws a `HoldfastError`: `model_unusable` when it cannot be reached or may lose
 * data, `usage` when its driver package is not installed.
 */
export async function openBackend(address: QueueAddress, options: BackendOptions = {}): Promise<Backend> {
  const url = urlOf(address);
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
    throw queueUnusable(address, cause);
  }
}

/** What somebody reads whose queue does not let them in, or is not there. */
export function queueUnusable(address: QueueAddress, cause: unknown): HoldfastError {
  const reason = messageOf(cause).replace(/\.$/, "");
  const mend = REFUSED.test(reason)
    ? `Set the right password as ${passwordVariable(address)}`
    : "Start the database, or fix the address";
  return new HoldfastError("queue_unusable", `Cannot use the queue at ${showAddress(urlOf(address))}: ${reason}.`, {
    cause,
    hint: `Nothing was started or changed. ${mend}, then run again.`,
  });
}

/** How Redis, and Postgres with its driver, say that a password is missing or wrong. */
const REFUSED = /^(NOAUTH|WRONGPASS)\b|password authentication failed|password must be a string|no password supplied/i;

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
