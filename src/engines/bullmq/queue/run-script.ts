import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** Runs a script in Redis at one go. */
export type RunScript = (lua: string, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** Sends scripts by their hash, and whole only where Redis does not know them yet: most calls are of a few bytes. */
export function scriptRunner(redis: Redis): RunScript {
  const hashes = new Map<string, string>();
  return async (lua, keys, args) => {
    const hash = hashes.get(lua) ?? createHash("sha1").update(lua).digest("hex");
    hashes.set(lua, hash);
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args);
    } catch (error) {
      // A Redis that was started again has forgotten its scripts.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
