import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Finished, type Started } from "../cli/holdfast.ts";
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

for (const { name, start: startServer } of serverKinds)
  describe(`an item that kills its workers, on ${name}`, { tags: "soak" }, () => {
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

    const staff = (cwd: string, count: number, env: Readonly<Record<string, string>>): Staff =>
      new Staff(count, () =>
        start(["worker", "pipeline.mjs", "--concurrency", String(AT_ONCE), ...queue.flags], { cwd, env }),
      );

    it("ends as poison, and no other item: from the third time on, it is tried with nothing beside it", async () => {
      const cwd = project();
      const env = { ...queue.env, FATAL: "i7", ITEMS: String(ITEMS) };
      await using _staff = staff(cwd, WORKERS, env);
      const ran = await holdfast(["run", "pipeline.mjs", "--json", ...queue.flags], { cwd, env });
      expect(countsOf(ran)).toMatchObject({ completed: ITEMS - 1, failed: 1, pending: 0 });
      const beside = besideDeathsOf(cwd, "i7");
      expect(beside.slice(BESIDE_OTHERS)).toEqual(NOTHING_BESIDE);
      expect(beside[0]).toBeGreaterThan(0);
      expect(await failuresOf(cwd, ran)).toEqual([poison("i7")]);
      // Loaded once each, and called again only where a call was cut off.
      const loaded = linesOf(cwd, "loaded.log");
      expect(loaded).toHaveLength(ITEMS - 1);
      expect(new Set(loaded).size).toBe(ITEMS - 1);
      const begun = readCallLog(cwd).filter(({ is, call }) => is === "begun" && call !== "i7");
      const cutOff = beside.reduce((sum, count) => sum + count, 0);
      expect(begun).toHaveLength(ITEMS - 1 + cutOff);
    });

    it("takes with it no other one that does so, and no item of another session, also when its owner is killed", async () => {
      const cwd = project();
      const fatal = ["i3", "i5"];
      const env = { ...queue.env, FATAL: fatal.join(",") };
      await using _staff = staff(cwd, 3, env);
      const args = ["run", "pipeline.mjs", "--json", ...queue.flags];
      // Longer than all trials, with calls at each worker at each moment.
      const busy = start(args, { cwd, env: { ...env, NAME: "b", ITEMS: "240" } });
      const owner = start(args, { cwd, env: { ...env, ITEMS: "40" } });
      const isTried = (): boolean => fatal.some((id) => besideDeathsOf(cwd, id).length > BESIDE_OTHERS);
      await until(() => isTried() || owner.child.exitCode !== null);
      owner.child.kill("SIGKILL");
      const id = sessionIdIn(await owner.finished);
      const resumed = await holdfast(["resume", id, "--json"], { cwd, env });
      expect(countsOf(resumed)).toMatchObject({ completed: 40 - fatal.length, failed: fatal.length, pending: 0 });
      expect(await failuresOf(cwd, resumed)).toEqual(fatal.map(poison));
      for (const itemId of fatal) expect(besideDeathsOf(cwd, itemId).slice(-ALONE)).toEqual(NOTHING_BESIDE);
      expect(countsOf(await busy.finished)).toMatchObject({ completed: 240, failed: 0, pending: 0 });
      const loaded = linesOf(cwd, "loaded.log");
      expect(new Set(loaded).size).toBe(280 - fatal.length);
    });
  });

const NOTHING_BESIDE: readonly number[] = Array.from({ length: ALONE }, () => 0);

/** What the workers that an item killed had in flight beside it, one after the other. */
function besideDeathsOf(cwd: string, itemId: string): readonly number[] {
  const calls = readCallLog(cwd);
  return linesOf(cwd, "deaths.log")
    .map((line) => JSON.parse(line) as Death)
    .filter(({ call }) => call === itemId)
    .map(({ at, pid }) => inFlightAt(calls, at, [pid]).filter((call) => call !== itemId).length);
}

interface Report {
  readonly session: { readonly id: string; readonly counts: Readonly<Record<string, number>> };
  readonly failed: readonly Failed[];
}

interface Failed {
  readonly itemId: string;
  readonly failure: { readonly kind: string; readonly message: string };
}

const reportIn = ({ stdout }: Finished): Report => JSON.parse(stdout) as Report;
const countsOf = (ran: Finished): Report["session"]["counts"] => reportIn(ran).session.counts;

async function failuresOf(cwd: string, ran: Finished): Promise<readonly object[]> {
  const { failed } = reportIn(await holdfast(["show", reportIn(ran).session.id, "--json"], { cwd }));
  return failed
    .map(({ itemId, failure: { kind, message } }) => ({ itemId, kind, message }))
    .toSorted((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

const poison = (itemId: string): object => ({
  itemId,
  kind: "poison",
  message: expect.stringContaining("3 times while it was under way with nothing beside it"),
});
