import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newProject, start } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { quickOn, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

const ITEMS = 20;

/** Equal inputs for a paid step, whose call goes on until the file `answer` is there, and a step behind it. */
const PIPELINE = `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { definePipeline, defineStep } from "holdfast";
const source = {
  name: "list", version: 1, check: async () => [],
  async *read() { for (let n = 0; n < ${ITEMS}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "list", content: "same" }; },
};
const sink = { name: "out", version: 1, check: async () => {}, load: async (content, { itemId }) => {
  appendFileSync("out.txt", itemId + ": " + content + "\\n");
  return { outputPath: itemId };
} };
const pay = defineStep({
  name: "pay", cache: true,
  process: async (text) => {
    appendFileSync("calls.txt", "call\\n");
    while (!existsSync("answer")) await pause(20);
    return text + " answer";
  },
});
const mark = defineStep({ name: "mark", process: (text) => text + "!" });
export default definePipeline("equal").phase("p", (phase) => phase.extract(source).transform(pay, mark).load(sink));
`;

/** The items of a session that wait for an equal call, by what its process says about itself. */
function countWaiting(cwd: string, id: string): number {
  const file = join(cwd, ".holdfast", "sessions", id, "in-flight.json");
  return existsSync(file) ? readFileSync(file, "utf8").split("equal call").length - 1 : 0;
}

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a fleet on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("does equal calls of two owners' items once", async () => {
      const cwd = newProject();
      const { env } = queue;
      writeFileSync(join(cwd, "equal.mjs"), PIPELINE);
      await using _worker = await startCommandWorker(["equal.mjs", "--concurrency", "30", ...queue.flags], {
        cwd,
        env,
      });
      const owners = [1, 2].map(() => start(["run", "equal.mjs", "--window", "40", ...queue.flags], { cwd, env }));
      await until(() => owners.every(({ said }) => /Session \d/.test(said())));
      const ids = owners.map(({ said }) => /\d{8}_\d{6}(?:_\d+)?/.exec(said())?.[0] ?? "");
      await until(() => ids.map((id) => countWaiting(cwd, id)).reduce((sum, n) => sum + n) === 2 * ITEMS - 1);
      writeFileSync(join(cwd, "answer"), "");
      for (const { finished } of owners) {
        expect(await finished).toMatchObject({ code: 0, stdout: expect.stringContaining(`${ITEMS} completed`) });
      }
      expect(readFileSync(join(cwd, "calls.txt"), "utf8")).toBe("call\n");
      const lines = readFileSync(join(cwd, "out.txt"), "utf8").trim().split("\n");
      expect(lines).toHaveLength(2 * ITEMS);
      expect(new Set(lines.map((line) => line.split(": ")[1]))).toEqual(new Set(["same answer!"]));
    });
  });
