import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { quickOn, type QueueServer } from "./servers.ts";
import { until } from "../until.ts";

/** `hangs` ends when its signal is aborted; `stuck` never does, and has half a second. */
const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline, defineStep } from "holdfast";
const items = ["a", "hangs", "stuck", "b"];
const source = {
  name: "list", version: 1, check: async () => [],
  async *read() { for (const itemId of items) yield { kind: "item", itemId, sourcePath: itemId, content: itemId }; },
};
const sink = { name: "out", version: 1, check: async () => {}, load: async (text) => ({ outputPath: "/dev/null/" + text }) };
const ask = defineStep({
  name: "ask",
  process: (text, { signal }) => {
    if (text !== "hangs") return text;
    return new Promise((_, reject) => signal.addEventListener("abort", () => {
      appendFileSync("aborted.txt", signal.reason.message);
      reject(signal.reason);
    }));
  },
});
const wait = defineStep({
  name: "wait", timeout: "500ms",
  process: (text) => text === "stuck" ? new Promise(() => {}) : text,
});
export default definePipeline("stuck").phase("p", (phase) => phase.extract(source).transform(ask, wait).load(sink));
`;

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a fleet on ${name}`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it("lets go of steps on workers when their time has run out, and tells the worker that an item is cancelled", async () => {
      const cwd = newProject();
      const { env } = queue;
      writeFileSync(join(cwd, "stuck.mjs"), PIPELINE);
      await using _worker = await startCommandWorker(["stuck.mjs", "--concurrency", "4", ...queue.flags], { cwd, env });
      const run = start(["run", "stuck.mjs", ...queue.flags], { cwd, env });
      await until(() => /Session \d/.test(run.said()));
      const id = sessionIdIn({ code: null, stdout: "", stderr: run.said() });
      const hf = (...args: readonly string[]) => holdfast(args, { cwd, env });
      await until(
        async () =>
          (await hf("status", id)).stdout.includes("3 completed") ||
          (await hf("status", id)).stdout.includes("1 failed"),
      );
      await until(async () =>
        /in flight for more than 2 s: 1 item\n +hangs +ask /.test((await hf("status", id)).stdout),
      );
      expect(await hf("cancel", id, "hangs")).toMatchObject({ code: 0, stderr: "" });
      const finished = await run.finished;
      expect(finished).toMatchObject({ code: 4, stdout: expect.stringContaining("2 completed, 2 failed") });
      expect(finished.stdout).toContain("cancelled by the user");
      expect(finished.stdout).toContain('Step "wait" did not end within 500ms');
      expect(existsSync(join(cwd, "aborted.txt"))).toBe(true);
      expect(readFileSync(join(cwd, "aborted.txt"), "utf8")).toBe("cancelled by the user");
    });
  });
