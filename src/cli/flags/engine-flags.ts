import { Option, type Command } from "commander";
import type { QueueAddress } from "../../engines/bullmq/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Engine } from "../../core/runner/index.ts";
import type { RunOptions } from "../../run/index.ts";

/** The flags that say where a session's steps are done. */
export interface EngineFlags {
  readonly engine?: "bullmq" | "local";
  readonly redis?: string;
  readonly postgres?: string;
  readonly allowVolatile?: boolean;
  /** Of `resume` and `retry`: go on without a queue that cannot be reached. */
  readonly force?: boolean;
}

export const KEPT_ENGINE_FLAGS: readonly Exclude<keyof EngineFlags, "force">[] = [
  "engine",
  "redis",
  "postgres",
  "allowVolatile",
];

/** Items in flight at once among machines: enough to keep a few workers busy, and few to wait for at Ctrl-C. */
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

/** The engine that the flags name; nothing for the default, this process, which takes back what workers have. */
export async function toEngine(flags: EngineFlags): Promise<Pick<RunOptions, "engine" | "reclaimFrom">> {
  if (isFleet(flags)) return { engine: await bullmqEngine(flags) };
  return {
    reclaimFrom: {
      name: "bullmq",
      reclaim: async (run, from) => (await bullmqEngine(flags, from.url)).reclaim(run, from),
    },
  };
}

async function bullmqEngine(flags: EngineFlags, known?: string): Promise<Required<Engine>> {
  // Most sessions have no queue, and then nothing of it is loaded.
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

/** What was given now over what was kept: another kind of queue takes the place of the one that was kept. */
export function mergeEngineFlags(stored: EngineFlags, given: EngineFlags): EngineFlags {
  const isOtherQueue = given.redis !== undefined || given.postgres !== undefined;
  const { redis: _redis, postgres: _postgres, ...others } = stored;
  if (given.redis !== undefined && given.postgres !== undefined) {
    throw new HoldfastError("usage", "Expected --redis or --postgres, got both.");
  }
  return { ...(isOtherQueue ? others : stored), ...given };
}
