import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** Runs a script in Redis atomically. */
export type RunScript = (lua: string, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** Sends scripts by their hash, and in full only when Redis does not know them: most calls are a few bytes. */
export function scriptRunner(redis: Redis): RunScript {
  const hashes = new Map<string, string>();
  return async (lua, keys, args) => {
    const hash = hashes.get(lua) ?? createHash("sha1").update(lua).digest("hex");
    hashes.set(lua, hash);
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args);
    } catch (error) {
      // A restarted Redis has lost its scripts.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
