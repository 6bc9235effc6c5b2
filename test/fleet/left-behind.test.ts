import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { quickOn, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const ITEMS = 6;
const AT_ONCE = 4;

/** Two steps for workers. Under HANG the second one never ends. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep } from "holdfast";
const noted = (step, itemId) => appendFileSync("calls.txt", step + " " + itemId + "\\n");
const first = defineStep({ name: "first", process: (n: number, { itemId }) => { noted("first", itemId); return n; } });
const second = defineStep({
  name: "second",
  process: (n: number, { itemId }) => {
    noted("second", itemId);
    return process.env.HANG === "1" ? new Promise<number>(() => {}) : n;
  },
});
export default definePipeline("left").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < ${ITEMS}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "here", content: n }; },
    })
    .transform(first)
    .transform(second)
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

/** How often each step was called for each item. */
function callsIn(cwd: string): Readonly<Record<string, number>> {
  const calls: Record<string, number> = {};
  for (const call of readFileSync(join(cwd, "calls.txt"), { encoding: "utf8", flag: "a+" }).split("\n")) {
    if (call !== "") calls[call] = (calls[call] ?? 0) + 1;
  }
  return calls;
}

const ids = Array.from({ length: ITEMS }, (_, n) => `i${n}`);
const countOf = (calls: Readonly<Record<string, number>>, step: string): number =>
  ids.filter((id) => calls[`${step} ${id}`] !== undefined).length;

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`items of workers that are gone, on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("come back when their leases run out: only calls that were in flight are made again", async () => {
      const cwd = newProject();
      writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
      const env = { ...queue.env, HANG: "1" };
      const worker = start(["worker", "pipeline.ts", "--concurrency", String(AT_ONCE), ...queue.flags], { cwd, env });
      const owner = start(["run", "pipeline.ts", ...queue.flags], { cwd, env });
      await until(() => countOf(callsIn(cwd), "second") === AT_ONCE || owner.child.exitCode !== null);
      worker.child.kill("SIGKILL");
      owner.child.kill("SIGKILL");
      const id = sessionIdIn(await owner.finished);
      await worker.finished;
      const before = callsIn(cwd);

      const home = await holdfast(["resume", id, "--engine", "local", "--json"], { cwd, env: queue.env });
      expect(home.code).toBe(0);
      expect(JSON.parse(home.stdout).session.counts).toMatchObject({ completed: ITEMS, failed: 0, pending: 0 });
      const expected = ids.flatMap((itemId) => [
        [`first ${itemId}`, 1],
        [`second ${itemId}`, before[`second ${itemId}`] === undefined ? 1 : 2],
      ]);
      expect(callsIn(cwd)).toEqual(Object.fromEntries(expected));
    });
  });
