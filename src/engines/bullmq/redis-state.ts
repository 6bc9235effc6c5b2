import type { Redis } from "ioredis";
import { RELEASE, TAKE } from "./redis-scripts.ts";
import { SLOT_POLL_MS, type Permit, type SharedState } from "./shared-state.ts";

const PREFIX = "hf:";

/** The shared state in Redis. Lanes are kept by scripts, which run one at a time and by Redis' own clock. */
export function redisState(redis: Redis): SharedState {
  const key = (name: string): string => `${PREFIX}${name}`;
  return {
    async put(name, value, { ttlMs } = {}) {
      if (ttlMs === undefined) await redis.set(key(name), value);
      else await redis.set(key(name), value, "PX", ttlMs);
    },
    get: async (name) => (await redis.get(key(name))) ?? undefined,
    async remove(names) {
      if (names.length > 0) await redis.del(...names.map(key));
    },
    async list(prefix) {
      const keys: string[] = [];
      for await (const page of redis.scanStream({ match: `${escape(key(prefix))}*`, count: 200 })) {
        keys.push(...(page as string[]));
      }
      const values = keys.length === 0 ? [] : await redis.mget(...keys);
      return values.filter((value) => value !== null);
    },
    async take(lane, permit) {
      const { id, concurrency, leaseMs, windows } = permit;
      const numbers = windows.flatMap(({ perMs, limit, amount }) => [perMs, limit, amount]);
      const waitMs = Number(
        await redis.eval(
          TAKE,
          laneKeys(lane, permit).length,
          ...laneKeys(lane, permit),
          id,
          leaseMs,
          concurrency,
          ...numbers,
        ),
      );
      return waitMs < 0 ? SLOT_POLL_MS : waitMs;
    },
    async release(lane, permit, amounts = []) {
      const keys = laneKeys(lane, permit);
      await redis.eval(RELEASE, keys.length, ...keys, permit.id, ...amounts);
    },
    async renew(lane, ids, leaseMs) {
      const now = await redisNow(redis);
      const scores = ids.flatMap((id) => [now + leaseMs, id]);
      if (scores.length > 0) await redis.zadd(stateKeys(lane).leases, "XX", ...scores);
    },
    async quiet(lane, forMs) {
      const until = (await redisNow(redis)) + Math.ceil(forMs);
      const { quiet } = stateKeys(lane);
      const known = Number((await redis.get(quiet)) ?? 0);
      if (until > known) await redis.set(quiet, until, "PX", Math.ceil(forMs));
    },
    async setDown(lane, isDown) {
      const { down } = stateKeys(lane);
      // A fleet that died while the lane was down must not find it so for ever.
      if (isDown) await redis.set(down, "1", "PX", DOWN_FOR_MS);
      else await redis.del(down);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const DOWN_FOR_MS = 60_000;

/** In one hash slot, so that a cluster takes them too. */
const stateKeys = (lane: string): { readonly quiet: string; readonly down: string; readonly leases: string } => ({
  quiet: `${PREFIX}{lane:${lane}}:quiet`,
  down: `${PREFIX}{lane:${lane}}:down`,
  leases: `${PREFIX}{lane:${lane}}:leases`,
});

function laneKeys(lane: string, { windows }: Permit): readonly string[] {
  const { quiet, down, leases } = stateKeys(lane);
  const logs = windows.flatMap(({ perMs, limit }, index) => {
    const log = `${PREFIX}{lane:${lane}}:${index}:${perMs}:${limit}`;
    return [log, `${log}:amounts`];
  });
  return [quiet, down, leases, ...logs];
}

async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

const escape = (pattern: string): string => pattern.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
