import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, start, type Finished, type Started } from "../cli/holdfast.ts";
import { inFlightAt, readCallLog } from "./call-log.ts";
import { serverKinds, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const ITEMS = 200;
const WORKERS = 4;
const AT_ONCE = 8;
/** Deaths after which an item is tried alone, and as many as prove it alone. */
const BESIDE_OTHERS = 2;
const ALONE = 3;

/** Items of FATAL kill the process that does them, in the middle of their call. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { definePipeline, defineStep } from "holdfast";

const fatal = new Set((process.env.FATAL ?? "").split(","));
const line = (file, value) => appendFileSync(file, JSON.stringify(value) + "\\n");
const note = (is, call) => line("calls.log", { at: Date.now(), pid: process.pid, is, call });

const ask = defineStep({
  name: "ask",
  process: async (id) => {
    note("begun", id);
    await pause(1_000);
    if (fatal.has(id)) {
      line("deaths.log", { at: Date.now(), pid: process.pid, call: id });
      process.kill(process.pid, "SIGKILL");
      await pause(60_000);
    }
    await pause(1_000);
    note("ended", id);
    return id;
  },
});

export default definePipeline("suspects").phase("work", (phase) =>
  phase
    .extract({ name: "count", version: 1, check: async () => [], async *read() {
      for (let n = 0; n < Number(process.env.ITEMS); n += 1) {
        const id = (process.env.NAME ?? "i") + n;
        yield { kind: "item", itemId: id, sourcePath: "here", content: id };
      }
    } })
    .transform(ask)
    .load({ name: "keep", version: 1, check: async () => {}, load: async (id) => {
      appendFileSync("loaded.log", id + "\\n");
      return { outputPath: "loaded.log" };
    } }),
);
`;

interface Death {
  readonly at: number;
  readonly pid: number;
  readonly call: string;
}

/** Workers that are started again when they die, as by an init system. */
class Staff implements AsyncDisposable {
  readonly #begin: () => Started;
  readonly #all: Started[] = [];
  #isOver = false;

  constructor(count: number, begin: () => Started) {
    this.#begin = begin;
    for (let n = 0; n < count; n += 1) this.#start();
  }

  #start(): void {
    const worker = this.#begin();
    this.#all.push(worker);
    void worker.finished.then(({ code }) => (code === null && !this.#isOver ? this.#start() : undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const { child } of this.#all) child.kill("SIGTERM");
    await Promise.all(this.#all.map(({ finished }) => finished));
  }
}

const linesOf = (cwd: string, file: string): readonly string[] =>
  existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), "utf8").trim().split("\n") : [];

const deathsIn = (cwd: string): readonly Death[] => linesOf(cwd, "deaths.log").map((line) => JSON.parse(line) as Death);

interface Failure {
  readonly itemId: string;
  readonly kind: string;
  readonly message: string;
}

async function failuresOf(cwd: string, ran: Finished): Promise<readonly Failure[]> {
  const { session } = JSON.parse(ran.stdout) as { readonly session: { readonly id: string } };
  const shown = await holdfast(["show", session.id, "--json"], { cwd });
  const { failed } = JSON.parse(shown.stdout) as {
    readonly failed: readonly { readonly itemId: string; readonly failure: { kind: string; message: string } }[];
  };
  return failed.map(({ itemId, failure: { kind, message } }) => ({ itemId, kind, message }));
}

for (const { name, start: startServer } of serverKinds)
  describe(`an item that kills its workers, on ${name}`, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    function project(): string {
      const cwd = newProject();
      writeFileSync(join(cwd, "pipeline.mjs"), PIPELINE);
      return cwd;
    }

    const staff = (cwd: string, env: Readonly<Record<string, string>>): Staff =>
      new Staff(WORKERS, () =>
        start(["worker", "pipeline.mjs", "--concurrency", String(AT_ONCE), ...queue.flags], { cwd, env }),
      );

    /** What each worker had in flight beside the item that killed it. */
    const besideDeaths = (cwd: string): readonly number[] => {
      const calls = readCallLog(cwd);
      return deathsIn(cwd).map(({ at, pid, call }) => inFlightAt(calls, at, [pid]).filter((one) => one !== call).length);
    };

    it("ends as poison, and no other item: from the third time on, it is tried with nothing beside it", async () => {
      const cwd = project();
      const env = { ...queue.env, FATAL: "i7", ITEMS: String(ITEMS) };
      await using _staff = staff(cwd, env);
      const ran = await holdfast(["run", "pipeline.mjs", "--json", ...queue.flags], { cwd, env });
      expect(JSON.parse(ran.stdout).session.counts).toMatchObject({ completed: ITEMS - 1, failed: 1, pending: 0 });
      const beside = besideDeaths(cwd);
      expect(beside.slice(BESIDE_OTHERS)).toEqual(Array(ALONE).fill(0));
      expect(beside[0]).toBeGreaterThan(0);
      expect(await failuresOf(cwd, ran)).toEqual([
        { itemId: "i7", kind: "poison", message: expect.stringContaining("3 times while it was under way with nothing") },
      ]);
      // Loaded once each, and called again only where a call was cut off.
      const loaded = linesOf(cwd, "loaded.log");
      expect(loaded).toHaveLength(ITEMS - 1);
      expect(new Set(loaded).size).toBe(ITEMS - 1);
      const begun = readCallLog(cwd).filter(({ is, call }) => is === "begun" && call !== "i7");
      const cutOff = beside.reduce((sum, count) => sum + count, 0);
      expect(begun).toHaveLength(ITEMS - 1 + cutOff);
    });
  });
