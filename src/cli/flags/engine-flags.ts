import { Option, type Command } from "commander";
import type { QueueAddress } from "../../engines/bullmq/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Discarder, Engine } from "../../core/runner/index.ts";
import type { ItemsElsewhere } from "../../core/session/index.ts";
import type { RunOptions } from "../../run/index.ts";

/** The flags that choose where a session's steps run. */
export interface EngineFlags {
  readonly engine?: "bullmq" | "local";
  readonly redis?: string;
  readonly postgres?: string;
  readonly allowVolatile?: boolean;
  /** Of `resume` and `retry`: continue without an unreachable queue. */
  readonly force?: boolean;
}

export const KEPT_ENGINE_FLAGS: readonly Exclude<keyof EngineFlags, "force">[] = [
  "engine",
  "redis",
  "postgres",
  "allowVolatile",
];

/** Items in flight with workers: enough to keep a few workers busy, and few to wait for at Ctrl-C. */
export const FLEET_WINDOW = 200;

export function addEngineFlags(command: Command): Command {
  return addQueueFlags(
    command
      .optionsGroup("More than one machine:")
      .addOption(
        new Option(
          "--engine <engine>",
          "local: this process does all; bullmq: workers do the steps (default: local, or bullmq with --redis or --postgres)",
        ).choices(["local", "bullmq"]),
      ),
  );
}

export function addQueueFlags(command: Command): Command {
  return command
    .option("--redis <url>", "the queue's Redis, without a password (that is HOLDFAST_REDIS_PASSWORD)")
    .option("--postgres <url>", "the queue's Postgres, without a password (that is HOLDFAST_POSTGRES_PASSWORD)")
    .option("--allow-volatile", "use a Redis without append-only file, or one that drops jobs when it is full");
}

/** Whether workers do the steps. */
export const isFleet = ({ engine, redis, postgres }: EngineFlags): boolean =>
  engine === undefined ? redis !== undefined || postgres !== undefined : engine === "bullmq";

/** The engine that the flags name; none for the default, this process, which reclaims items from workers. */
export async function toEngine(flags: EngineFlags): Promise<Pick<RunOptions, "engine" | "reclaimFrom">> {
  if (isFleet(flags)) return { engine: await bullmqEngine(flags) };
  return {
    reclaimFrom: {
      name: "bullmq",
      reclaim: async (run, from) => (await bullmqEngine(flags, from.url)).reclaim(run, from),
    },
  };
}

/** What removes a session's jobs from the queue that the session has recorded. */
export const discardFromQueue: Discarder = {
  name: "bullmq",
  async discard(session, options) {
    const { createBullmqEngine } = await import("../../engines/bullmq/index.ts");
    const engine = createBullmqEngine({ address: await recordedAddress(options.from) });
    return engine.discard(session, options);
  },
};

/** The environment's address is used for its password where it is the same queue: sessions may be at several ones. */
async function recordedAddress({ address, url }: ItemsElsewhere): Promise<QueueAddress> {
  const { resolveQueueAddress, showAddress, urlOf } = await import("../../engines/bullmq/index.ts");
  const given = resolveQueueAddress({ env: process.env, known: url });
  if (showAddress(urlOf(given)) === address) return given;
  const { HOLDFAST_REDIS_URL: _redis, HOLDFAST_POSTGRES_URL: _postgres, ...env } = process.env;
  return resolveQueueAddress({ env, known: url });
}

async function bullmqEngine(flags: EngineFlags, known?: string): Promise<Required<Engine>> {
  // Loaded on demand: most sessions have no queue.
  const { createBullmqEngine } = await import("../../engines/bullmq/index.ts");
  return createBullmqEngine({
    address: await queueAddress(flags, known),
    allowVolatile: flags.allowVolatile ?? false,
    force: flags.force ?? false,
  });
}

export async function queueAddress({ redis, postgres }: EngineFlags, known?: string): Promise<QueueAddress> {
  const { resolveQueueAddress } = await import("../../engines/bullmq/index.ts");
  return resolveQueueAddress({ redis, postgres, env: process.env, known });
}

/** Merges the flags over the stored ones: another kind of queue replaces the stored one. */
export function mergeEngineFlags(stored: EngineFlags, given: EngineFlags): EngineFlags {
  const isOtherQueue = given.redis !== undefined || given.postgres !== undefined;
  const { redis: _redis, postgres: _postgres, ...others } = stored;
  if (given.redis !== undefined && given.postgres !== undefined) {
    throw new HoldfastError("usage", "Expected --redis or --postgres, got both.");
  }
  return { ...(isOtherQueue ? others : stored), ...given };
}
