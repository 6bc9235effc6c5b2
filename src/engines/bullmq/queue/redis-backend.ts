import { Queue, Worker } from "bullmq";
import type * as ioredis from "ioredis";
import { HoldfastError } from "../../../core/failure/index.ts";
import { showAddress } from "./address.ts";
import type { Backend, BackendOptions } from "./backend.ts";
import { leasesInRedis, LOCK_MS } from "./lease.ts";
import { redisEvents } from "./redis-events.ts";
import { redisState } from "./redis-state.ts";
import { scriptRunner } from "./run-script.ts";

/** How long the first connection may take. */
const CONNECT_MS = 5_000;
/** The longest wait between two tries to reconnect: half of the five seconds in which work must continue. */
const RECONNECT_MS = 1_000;

export interface OpenRedisOptions extends BackendOptions {
  readonly driver: Pick<typeof ioredis, "Redis">;
}

/** Opens a Redis for queues. Refuses one that may lose data, unless that is allowed. */
export async function openRedis(
  url: string,
  { driver, allowVolatile = false, onConnection = () => {} }: OpenRedisOptions,
): Promise<Backend> {
  const redis = new driver.Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    // Commands wait for the connection to come back: a restart of the server loses no work.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** times, RECONNECT_MS),
  });
  let lastError: unknown;
  redis.on("error", (error: unknown) => (lastError = error));
  await connect(redis, () => lastError);
  let isLost = false;
  let isClosed = false;
  redis.on("close", () => {
    if (isLost || isClosed) return;
    isLost = true;
    onConnection({ kind: "lost", error: lastError });
  });
  redis.on("ready", () => {
    if (!isLost) return;
    isLost = false;
    onConnection({ kind: "back" });
  });
  if (!allowVolatile) {
    try {
      await assertDurable(redis, showAddress(url));
    } catch (error) {
      isClosed = true;
      redis.disconnect();
      throw error;
    }
  }
  const ignoreErrors = <T extends { on(event: "error", listener: () => void): unknown }>(opened: T): T => {
    // The connection reports its loss itself; without a listener the process would end.
    opened.on("error", () => {});
    return opened;
  };
  const run = scriptRunner(redis);
  return {
    address: showAddress(url),
    state: redisState(redis),
    openQueue: (name) => ignoreErrors(new Queue(name, { connection: redis })),
    async takeBack(queueName, jobId) {
      return (await run(TAKE_BACK, placesOf(queueName, jobId), [jobId])) === 1;
    },
    async discard(queueName, jobId) {
      return (await run(DISCARD, placesOf(queueName, jobId), [jobId])) === 1;
    },
    async removeEnded(queueName, jobIds) {
      const at = `bull:${queueName}`;
      const found = await run(
        REMOVE_ENDED,
        [`${at}:completed`, `${at}:failed`, ...jobIds.map((id) => `${at}:${id}`)],
        jobIds,
      );
      return Array.isArray(found) ? found.map((one) => one === 1) : jobIds.map(() => false);
    },
    async finish(queueName, { id, data }, result) {
      const args = [id, JSON.stringify(data), JSON.stringify(result), Date.now()];
      return (await run(FINISH, placesOf(queueName, id), args)) === 1;
    },
    async append(queueName, reports) {
      const keys = reports.flatMap(({ id }) => [`bull:${queueName}:${id}`, `bull:${queueName}:${id}:lock`]);
      const found = await run(
        APPEND,
        keys,
        reports.flatMap(({ token, report }) => [token, report]),
      );
      return Array.isArray(found) ? found.map((one) => one === 1) : reports.map(() => false);
    },
    async checkpoint(queueName, { id, token }, data) {
      const key = `bull:${queueName}:${id}`;
      return (await run(CHECKPOINT, [key, `${key}:lock`], [token, JSON.stringify(data)])) === 1;
    },
    extendLeases: leasesInRedis(run),
    openEvents: (name) => redisEvents(redis, name),
    openWorker: (name, processor, options) =>
      ignoreErrors(new Worker(name, processor, { ...options, connection: redis })),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      redis.disconnect();
    },
  };
}

/** A job's key, and where it may be named. */
function placesOf(queueName: string, jobId: string): readonly string[] {
  const at = `bull:${queueName}`;
  const job = `${at}:${jobId}`;
  return [job, `${at}:wait`, `${at}:delayed`, `${job}:lock`, `${at}:active`, `${at}:stalled`, `${at}:completed`];
}

/** A job whose worker has lost its lock has no owner, and without another worker nothing else would notice. */
const WITHDRAW = `
local function withdraw()
  local taken = redis.call('LREM', KEYS[2], 1, ARGV[1]) + redis.call('ZREM', KEYS[3], ARGV[1])
  if taken == 0 and redis.call('EXISTS', KEYS[4]) == 0 then
    taken = redis.call('LREM', KEYS[5], 1, ARGV[1])
    redis.call('SREM', KEYS[6], ARGV[1])
  end
  return taken > 0
end
local data = redis.call('HGET', KEYS[1], 'data') or ''`;

/** BullMQ's own `remove` would take away what a worker finished a moment ago, and its result with it. */
const TAKE_BACK = `${WITHDRAW}
-- Quotes are escaped inside of texts, so this is the job's own field.
if string.find(data, '"done":[{', 1, true) then
  if redis.call('LPOS', KEYS[2], ARGV[1]) or redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 1 end
  return redis.call('EXISTS', KEYS[4]) == 0 and redis.call('LPOS', KEYS[5], ARGV[1]) and 1 or 0
end
if not withdraw() then return 0 end
redis.call('DEL', KEYS[1])
return 1`;

const DISCARD = `${WITHDRAW}
if not withdraw() then return 0 end
redis.call('DEL', KEYS[1])
return 1`;

/** BullMQ keeps a job's log beside it, and nothing else for a job without children. */
const REMOVE_ENDED = `
local ends = {}
for i, id in ipairs(ARGV) do
  local ended = redis.call('ZREM', KEYS[1], id) + redis.call('ZREM', KEYS[2], id)
  if ended > 0 then redis.call('DEL', KEYS[2 + i], KEYS[2 + i] .. ':logs') end
  ends[i] = ended > 0 and 1 or 0
end
return ends`;

const FINISH = `${WITHDRAW}
if data ~= ARGV[2] or not withdraw() then return 0 end
redis.call('HSET', KEYS[1], 'returnvalue', ARGV[3], 'finishedOn', ARGV[4])
redis.call('ZADD', KEYS[7], ARGV[4], ARGV[1])
return 1`;

/**
 * A job's data ends with its reports (`writeJobData`), so a report is added to the text. A connection that is lost sends a
 * command again that may have been done: no step is reported on twice, so a report that is there already is this one.
 */
const APPEND = `
local function append(key, lock, token, report)
  if redis.call('GET', lock) ~= token then return 0 end
  local data = redis.call('HGET', key, 'data') or ''
  local rest = string.sub(data, 1, -3)
  if string.sub(data, -2) ~= ']}' then return 0 end
  if string.sub(rest, -#report) == report then return 1 end
  if string.sub(rest, -1) == '}' then rest = rest .. ',' elseif string.sub(rest, -8) ~= '"done":[' then return 0 end
  redis.call('PEXPIRE', lock, ${LOCK_MS})
  redis.call('HSET', key, 'data', rest .. report .. ']}')
  return 1
end
local ends = {}
for i = 1, #KEYS, 2 do ends[#ends + 1] = append(KEYS[i], KEYS[i + 1], ARGV[i], ARGV[i + 1]) end
return ends`;

/** A worker that has lost the lock may be at a step that another one has done since: its data is stale. */
const CHECKPOINT = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[2], ${LOCK_MS})
redis.call('HSET', KEYS[1], 'data', ARGV[2])
return 1`;

async function connect(redis: ioredis.Redis, lastError: () => unknown): Promise<void> {
  const tooLate = setTimeout(() => redis.disconnect(), CONNECT_MS);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw lastError() ?? error;
  } finally {
    clearTimeout(tooLate);
  }
}

async function assertDurable(redis: ioredis.Redis, address: string): Promise<void> {
  const info = await redis.info();
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
  const faults = [
    field("aof_enabled") === "0" ? "it keeps no append-only file, so a restart loses the queue" : undefined,
    ["noeviction", undefined].includes(field("maxmemory_policy"))
      ? undefined
      : `its maxmemory-policy is ${field("maxmemory_policy")}, so it drops jobs when its memory is full`,
  ].filter((fault) => fault !== undefined);
  if (faults.length === 0) return;
  throw new HoldfastError("queue_unusable", `The Redis at ${address} may lose work: ${faults.join("; and ")}.`, {
    hint: { kind: "allow_volatile" },
  });
}
