import { Option, type Command } from "commander";
import { HoldfastError, type RunOptions } from "../../index.ts";
import {
  createBullmqEngine,
  createReclaimingEngine,
  resolveQueueAddress,
  type QueueAddress,
} from "../../engines/bullmq/index.ts";

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

/** The engine that the flags name; nothing for the default, this process. */
export function toEngine(flags: EngineFlags): Pick<RunOptions, "engine"> {
  if (isFleet(flags)) {
    const { allowVolatile = false } = flags;
    return { engine: createBullmqEngine({ address: queueAddress(flags), allowVolatile }) };
  }
  // A session that was with workers before is brought home from there.
  return {
    engine: createReclaimingEngine({ address: (known) => queueAddress(flags, known), force: flags.force ?? false }),
  };
}

export const queueAddress = ({ redis, postgres }: EngineFlags, known?: string): QueueAddress =>
  resolveQueueAddress({ redis, postgres, env: process.env, known });

/** What was given now over what was kept: another kind of queue takes the place of the one that was kept. */
export function mergeEngineFlags(stored: EngineFlags, given: EngineFlags): EngineFlags {
  const isOtherQueue = given.redis !== undefined || given.postgres !== undefined;
  const { redis: _redis, postgres: _postgres, ...others } = stored;
  if (given.redis !== undefined && given.postgres !== undefined) {
    throw new HoldfastError("usage", "Expected --redis or --postgres, got both.");
  }
  return { ...(isOtherQueue ? others : stored), ...given };
}
