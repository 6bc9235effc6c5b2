import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, start } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { serverKinds, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const ITEMS = 40;

/** Each call is written down, wherever it is made: \`ask\` by workers, \`stamp\` by the owner. */
const PIPELINE = `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { definePipeline, defineStep } from "holdfast";
const paid = async (call, ms) => {
  appendFileSync(process.env.CALLS, JSON.stringify({ pid: process.pid, call }) + "\\n");
  await pause(ms);
  while (existsSync("hold." + process.pid)) await pause(20);
};
const ask = defineStep({ name: "ask", cache: process.env.CACHE === "1", version: 1, process: async (n, { itemId }) => { await paid("ask " + itemId, 300); return n; } });
const stamp = defineStep({ name: "stamp", ownerOnly: true, process: async (n, { itemId }) => { await paid("stamp " + itemId, 1); return n; } });
export default definePipeline("still").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < ${ITEMS}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "here", content: n }; },
    })
    .transform(ask)
    .transform(stamp)
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

interface Call {
  readonly pid: number;
  readonly call: string;
}

interface Project {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly calls: () => readonly Call[];
}

function project(queue: QueueServer, more: Readonly<Record<string, string>> = {}): Project {
  const cwd = newProject();
  writeFileSync(join(cwd, "pipeline.mjs"), PIPELINE);
  const file = join(cwd, "calls.log");
  const calls = (): readonly Call[] =>
    readFileSync(file, { encoding: "utf8", flag: "a+" })
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Call);
  return { cwd, env: { ...queue.env, CALLS: file, ...more }, calls };
}

/** The workspace as a copy on another machine has it: where the original is, nothing can be seen from there. */
function copyElsewhere(cwd: string, id: string): string {
  const copy = newProject();
  cpSync(join(cwd, "pipeline.mjs"), join(copy, "pipeline.mjs"));
  cpSync(join(cwd, ".holdfast"), join(copy, ".holdfast"), { recursive: true });
  const folder = join(copy, ".holdfast/sessions", id);
  // Of a process that cannot be seen from there either.
  rmSync(join(folder, "owner.json"));
  using db = new DatabaseSync(join(folder, "state.db"));
  const found = db.prepare("SELECT value FROM facts WHERE key = 'identity'").get();
  const record = JSON.parse(String(found?.["value"]));
  const place = { ...record.place, path: "/mnt/elsewhere", device: "elsewhere" };
  db.prepare("UPDATE facts SET value = ? WHERE key = 'identity'").run(JSON.stringify({ ...record, place }));
  return copy;
}

for (const { name, start: startServer } of serverKinds)
  describe(`an owner that stood still for longer than its claim lasts, at ${name}`, { tags: "soak" }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it.each([
      ["at the same queue", []],
      ["in that process alone", ["--engine", "local"]],
    ] as const)("begins no call when another one has gone on with its session %s", async (_, flags) => {
      const { cwd, env, calls } = project(queue);
      const begunBy = (child: { readonly pid?: number | undefined }): readonly string[] =>
        calls().flatMap(({ pid, call }) => (pid === child.pid ? [call] : []));
      await using _worker = await startCommandWorker(["pipeline.mjs", "--concurrency", "4", ...queue.flags], {
        cwd,
        env,
      });
      const owner = start(["run", "pipeline.mjs", ...queue.flags], { cwd, env });
      await until(() => begunBy(owner.child).length >= 6);
      owner.child.kill("SIGSTOP");
      const id = /\d{8}_\d{6}/.exec(owner.said())?.[0] ?? "";
      const copy = copyElsewhere(cwd, id);
      const resumed = start(["resume", id, "--json", ...flags], { cwd: copy, env });
      await until(() => begunBy(resumed.child).length >= 6 || resumed.child.exitCode !== null);
      const before = begunBy(owner.child);
      owner.child.kill("SIGCONT");
      const end = await owner.finished;
      expect(end.stdout + end.stderr).toContain("has gone on with session");
      expect(JSON.parse((await resumed.finished).stdout).session.counts).toMatchObject({
        completed: ITEMS,
        failed: 0,
      });

      // What it had under way itself may be made again by the other one, and nothing else may.
      expect(begunBy(owner.child)).toEqual(before);
      const all = calls().map(({ call }) => call);
      const twice = all.filter((call, index) => all.indexOf(call) !== index);
      expect(twice.filter((call) => call.startsWith("ask"))).toEqual([]);
      expect(twice.filter((call) => !before.includes(call))).toEqual([]);
      expect(new Set(all).size).toBe(2 * ITEMS);
    });

    it("pays for an answer twice at most that another session of its workspace asks for too", async () => {
      const { cwd, env, calls } = project(queue, { CACHE: "1" });
      await using worker = await startCommandWorker(["pipeline.mjs", "--concurrency", "4", ...queue.flags], {
        cwd,
        env,
      });
      writeFileSync(join(cwd, `hold.${worker.child.pid}`), "");
      const owner = start(["run", "pipeline.mjs", "--json", ...queue.flags], { cwd, env });
      await until(() => calls().filter(({ call }) => call.startsWith("ask")).length === 4);
      owner.child.kill("SIGSTOP");
      const other = await holdfast(["run", "pipeline.mjs", "--json"], { cwd, env });
      expect(JSON.parse(other.stdout).session.counts).toMatchObject({ completed: ITEMS, failed: 0 });
      rmSync(join(cwd, `hold.${worker.child.pid}`));
      owner.child.kill("SIGCONT");
      expect(JSON.parse((await owner.finished).stdout).session.counts).toMatchObject({ completed: ITEMS, failed: 0 });
      const asked = calls().flatMap(({ call }) => (call.startsWith("ask") ? [call] : []));
      const times = Map.groupBy(asked, (call) => call);
      expect([...times.values()].every(({ length }) => length <= 2)).toBe(true);
      // Those that the worker had, and no more than were in the queue.
      expect(asked.length - times.size).toBeGreaterThanOrEqual(4);
    });
  });
