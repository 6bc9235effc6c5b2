import type { Redis } from "ioredis";
import type { JobEvents } from "./backend.ts";

/** How long Redis waits for an event before it answers that there is none. */
const BLOCK_MS = 5_000;
/** Later than that it has no connection any more that it knows of. */
const ANSWERS_WITHIN_MS = BLOCK_MS + 2_000;
/**
 * How long events are left to gather once there are some: a busy queue has thousands a second, and asking for each alone
 * costs owner and Redis more than the events.
 */
const GATHER_MS = 5;
/** After a refusal, as of a Redis that is still reading its file. */
const ASK_AGAIN_MS = 250;

type Listener<K extends keyof Told> = (told: Told[K]) => void;

interface Told {
  readonly completed: { readonly jobId: string; readonly returnvalue: unknown };
  readonly failed: { readonly jobId: string; readonly failedReason: string };
}

/**
 * The ends of a queue's jobs, as BullMQ writes them into its stream of events. BullMQ's own reader makes an object of each
 * of the five events of a job, and calls two listeners for each; an owner wants one of them, and many at once.
 */
export function redisEvents(redis: Redis, queueName: string): JobEvents {
  const key = `bull:${queueName}:events`;
  const connection = redis.duplicate({ lazyConnect: true });
  // A loss is told by the connection that this is a copy of.
  connection.on("error", () => {});
  const listeners: { [K in keyof Told]: Listener<K>[] } = { completed: [], failed: [] };
  let isClosed = false;
  let last = "0-0";
  const opened = open();

  async function open(): Promise<void> {
    await connection.connect();
    last = (await connection.xrevrange(key, "+", "-", "COUNT", 1))[0]?.[0] ?? last;
    void read();
  }

  async function read(): Promise<void> {
    while (!isClosed) {
      const entries = await next().catch(() => "refused" as const);
      if (isClosed) return;
      for (const [id, fields] of entries === "refused" ? [] : entries) {
        last = id;
        tell(fields);
      }
      await new Promise((resolve) => void setTimeout(resolve, entries === "refused" ? ASK_AGAIN_MS : GATHER_MS));
    }
  }

  async function next(): Promise<readonly Entry[]> {
    // Again and again: the driver sends the command once more on each new connection, which may be as dead as the last one.
    const tooLate = setInterval(() => connection.disconnect(true), ANSWERS_WITHIN_MS);
    try {
      const streams = (await connection.xread("BLOCK", BLOCK_MS, "STREAMS", key, last)) as Streams | null;
      return streams?.[0]?.[1] ?? [];
    } finally {
      clearInterval(tooLate);
    }
  }

  function tell(fields: readonly string[]): void {
    const kind = fieldOf(fields, "event");
    const jobId = fieldOf(fields, "jobId");
    if (jobId === undefined) return;
    if (kind === "completed") {
      const returnvalue = parsed(fieldOf(fields, "returnvalue"));
      for (const listener of listeners.completed) listener({ jobId, returnvalue });
    } else if (kind === "failed") {
      const failedReason = fieldOf(fields, "failedReason") ?? "";
      for (const listener of listeners.failed) listener({ jobId, failedReason });
    }
  }

  return {
    on<K extends keyof Told>(event: K, listener: Listener<K>) {
      listeners[event].push(listener);
    },
    waitUntilReady: () => opened,
    async close() {
      isClosed = true;
      connection.disconnect();
    },
  };
}

type Entry = readonly [id: string, fields: readonly string[]];
type Streams = readonly (readonly [key: string, entries: readonly Entry[]])[];

/** Names and values take turns. */
function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) if (fields[at] === name) return fields[at + 1];
  return undefined;
}

/** Whoever reaches the queue may write an event: what is no result is read as none. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
