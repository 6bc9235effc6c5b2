import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { until } from "../until.ts";
import { startCommandWorker } from "./command-worker.ts";
import { serverKinds, type QueueServer } from "./servers.ts";

const PIPELINE = `
import { existsSync } from "node:fs";
import { definePipeline, defineStep, StepError } from "holdfast";
import { writeMarkdown } from "holdfast/sinks";
const look = defineStep({ name: "look", process: (content) => {
  if (content.n === 1 && !existsSync("mended")) throw new StepError("input", "no");
  return content;
} });
export default definePipeline("pasted").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() { for (let n = 0; n < 3; n += 1) yield { kind: "item", itemId: "it's " + n, sourcePath: "here", content: { n } }; },
    })
    .transform(look)
    .load(writeMarkdown("notes", ({ n }) => ({ title: "Note " + n, body: "Kelp." }))));
`;

const commandsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/`holdfast ((?:resume|retry) [^`]+)`/g)].map(([, command = ""]) => command)),
];

for (const { name, start: startServer } of serverKinds)
  describe(`commands that are printed of a session with workers on ${name}`, { tags: "soak" }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("are taken as pasted: after its owner was killed, and of items that failed there", async () => {
      const cwd = newProject();
      const { env, flags } = queue;
      writeFileSync(join(cwd, "pipeline.ts"), PIPELINE);
      const run = (...args: readonly string[]) => holdfast(args, { cwd, env });
      const { child, finished, said } = start(["run", "pipeline.ts", ...flags], { cwd, env });
      await until(() => said().includes("No worker serves") || child.exitCode !== null);
      child.kill("SIGKILL");
      const id = sessionIdIn(await finished);

      await using _worker = await startCommandWorker(["pipeline.ts", ...flags], { cwd, env });
      const [resume = "", ...none] = commandsIn((await run("status", id)).stdout);
      expect([resume, none]).toEqual([`resume ${id}`, []]);
      const resumed = await run(...resume.split(" "));
      expect(resumed).toMatchObject({ code: 4, stdout: expect.stringContaining("2 completed, 1 failed") });

      const retries = commandsIn(resumed.stdout);
      expect(retries).toEqual([`retry ${id} --kind input`, `retry ${id}`]);
      for (const retry of retries) expect(await run(...retry.split(" "))).toMatchObject({ code: 4 });
      writeFileSync(join(cwd, "mended"), "");
      expect(await run(...(retries[0] ?? "").split(" "))).toMatchObject({ code: 0 });
    });
  });
