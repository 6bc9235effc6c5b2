import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { quickOn, type QueueServer } from "./servers.ts";

/** More than twice as long as a worker's lease on an item. */
const BLOCKS_MS = 8_000;

const PIPELINE = `
import { appendFileSync } from "node:fs";
import { definePipeline } from "holdfast";

export default definePipeline("block").phase("work", (phase) =>
  phase
    .extract({ name: "list", version: 1, check: async () => [], async *read() {
      for (const id of ["a", "b", "c", "d", "e", "f"]) yield { kind: "item", itemId: id, sourcePath: "list", content: id };
    } })
    .step("compute", (id) => {
      appendFileSync("begun.txt", id + "\\n");
      if (process.env.ODD === "exit" && id === "b") process.exit(0);
      if (process.env.ODD === "escape" && id === "b") return new Promise(() => setTimeout(() => { throw new Error("kelp is torn"); }, 5));
      if (process.env.ODD === "block" && id === "b") for (const ends = Date.now() + ${BLOCKS_MS}; Date.now() < ends;);
      return id;
    })
    .load({ name: "keep", version: 1, check: async () => {}, load: async (id) => {
      appendFileSync("out.txt", id + "\\n");
      return { outputPath: "out.txt" };
    } }),
);
`;

function project(): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "block.mjs"), PIPELINE);
  appendFileSync(join(cwd, "begun.txt"), "");
  return cwd;
}

const linesOf = (cwd: string, file: string): readonly string[] =>
  readFileSync(join(cwd, file), "utf8").trim().split("\n").toSorted();

const ALL = ["a", "b", "c", "d", "e", "f"];

for (const { name, start: startServer, tags } of quickOn("Redis"))
  describe(`a worker on ${name} whose step does something odd`, { tags }, () => {
    let queue: QueueServer;
    beforeAll(async () => {
      queue = await startServer();
    });
    afterAll(() => queue[Symbol.asyncDispose]());

    it(
      "keeps an item whose step blocks the event loop for longer than the lease: it is begun once, and the block is told",
      { tags: "soak" },
      async () => {
        const cwd = project();
        const env = { ...queue.env, ODD: "block" };
        const args = ["block.mjs", ...queue.flags, "--concurrency", "2"];
        await using first = await startCommandWorker(args, { cwd, env });
        await using second = await startCommandWorker(args, { cwd, env });
        const ran = await holdfast(["run", "block.mjs", ...queue.flags], { cwd, env });
        expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
        expect(linesOf(cwd, "begun.txt")).toEqual(ALL);
        expect(linesOf(cwd, "out.txt")).toEqual(ALL);
        expect(first.heard() + second.heard()).toMatch(
          /The event loop was blocked for \d+\.\d s by step "compute" of item "b"/,
        );
      },
    );

    it("fails an item whose step lets an error escape, and goes on with the others", async () => {
      const cwd = project();
      const env = { ...queue.env, ODD: "escape" };
      await using worker = await startCommandWorker(["block.mjs", ...queue.flags], { cwd, env });
      const ran = await holdfast(["run", "block.mjs", ...queue.flags], { cwd, env });
      expect(ran).toMatchObject({ code: 4, stdout: expect.stringContaining("6 items: 5 completed, 1 failed") });
      expect(ran.stdout).toContain("kelp is torn");
      expect(worker.child.exitCode).toBeNull();
      expect(linesOf(cwd, "begun.txt")).toEqual(ALL);
    });

    it("says which step ended it with process.exit, ends with 70, and another worker goes on", async () => {
      const cwd = project();
      const env = { ...queue.env, ODD: "exit" };
      await using worker = await startCommandWorker(["block.mjs", ...queue.flags], { cwd, env });
      const running = holdfast(["run", "block.mjs", ...queue.flags], { cwd, env: queue.env });
      const ended = await worker.finished;
      expect(ended).toMatchObject({
        code: 70,
        stderr: expect.stringContaining('`process.exit(0)` was called in step "compute" of item "b"'),
      });
      expect(ended.stderr).toContain("other workers go on with its items");
      await using _other = await startCommandWorker(["block.mjs", ...queue.flags], { cwd, env: queue.env });
      expect(await running).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
      expect([...new Set(linesOf(cwd, "out.txt"))]).toEqual(ALL);
    });
  });
