import type { Redis } from "ioredis";
import { encodableText, originalText } from "../../../text/index.ts";
import { MARK_DOWN, PAUSE, RELEASE, RENEW, SWAP, TAKE } from "./redis-scripts.ts";
import { scriptRunner } from "./run-script.ts";
import type { DownMark, Permit, SharedState } from "./shared-state.ts";
import { permitAnswerOf } from "./permit-answer.ts";

const PREFIX = "hf:";

/** The shared state in Redis. Scripts maintain the lanes; they run one at a time and use Redis' own clock. */
export function redisState(redis: Redis): SharedState {
  // Redis takes bytes: two texts with half a character would be one.
  const key = (name: string): string => `${PREFIX}${encodableText(name)}`;
  const run = scriptRunner(redis);
  const mark = async (lane: string, { asker, leaseMs }: DownMark, only: "XX" | "always"): Promise<void> => {
    await run(MARK_DOWN, [stateKeys(lane).down], [asker, Math.ceil(leaseMs), only]);
  };
  return {
    async put(name, value, { ttlMs } = {}) {
      if (ttlMs === undefined) await redis.set(key(name), encodableText(value));
      else await redis.set(key(name), encodableText(value), "PX", ttlMs);
    },
    async get(name) {
      const value = await redis.get(key(name));
      return value === null ? undefined : originalText(value);
    },
    async remove(names) {
      if (names.length > 0) await redis.del(...names.map(key));
    },
    async swap(name, { before, after, ttlMs }) {
      const given = [before, after].map((value) => (value === undefined ? "" : `=${encodableText(value)}`));
      const found = await run(SWAP, [key(name)], [...given, Math.ceil(ttlMs)]);
      return typeof found === "string" ? originalText(found) : undefined;
    },
    async list(prefix) {
      const keys = new Set<string>();
      for await (const page of redis.scanStream({ match: `${escape(key(prefix))}*`, count: 200 })) {
        for (const found of page as readonly string[]) keys.add(found);
      }
      const values = keys.size === 0 ? [] : await redis.mget(...keys);
      return values.filter((value) => value !== null).map(originalText);
    },
    // Every key has a time at which Redis removes it.
    removeExpired: async () => 0,
    async take(lane, permit) {
      const { id, asker, concurrency, leaseMs, windows } = permit;
      const numbers = windows.flatMap(({ perMs, limit, amount, arrivesWithinMs }) => [
        perMs,
        limit,
        amount,
        arrivesWithinMs,
      ]);
      return permitAnswerOf(await run(TAKE, laneKeys(lane, permit), [id, asker, leaseMs, concurrency, ...numbers]));
    },
    async release(lane, permit, { outcome, amounts = [] }) {
      const reply = await run(RELEASE, laneKeys(lane, permit), [permit.id, permit.asker, outcome, ...amounts]);
      const [unreached, others] = Array.isArray(reply) ? reply.map(Number) : [];
      return { unreached: unreached ?? 0, isDown: (others ?? 0) > 0 };
    },
    async renew(lane, ids, leaseMs) {
      if (ids.length > 0) await run(RENEW, [stateKeys(lane).leases], [leaseMs, ...ids]);
    },
    async pause(lane, forMs) {
      if (forMs > 0) await run(PAUSE, [stateKeys(lane).pause], [Math.ceil(forMs)]);
    },
    markDown: (lane, given) => mark(lane, given, "always"),
    keepDown: (lane, given) => mark(lane, given, "XX"),
    async markUp(lane) {
      const { down, unreached } = stateKeys(lane);
      await redis.del(down, unreached);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** In one hash slot, so that a cluster takes them too. */
function stateKeys(lane: string): Readonly<Record<"down" | "leases" | "pause" | "unreached", string>> {
  const at = `${PREFIX}{lane:${encodableText(lane)}}`;
  return { pause: `${at}:quiet`, down: `${at}:down`, leases: `${at}:leases`, unreached: `${at}:unreached` };
}

function laneKeys(lane: string, { windows }: Permit): readonly string[] {
  const { pause, down, leases, unreached } = stateKeys(lane);
  const logs = windows.flatMap(({ counts, perMs }) => {
    const log = `${PREFIX}{lane:${encodableText(lane)}}:${counts}:${perMs}`;
    return [log, `${log}:amounts`];
  });
  return [pause, down, leases, unreached, ...logs];
}

const escape = (pattern: string): string => pattern.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);
