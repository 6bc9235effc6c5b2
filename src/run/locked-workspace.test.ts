import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect, it } from "vitest";
import { definePipeline, defineStep, type Source } from "../core/pipeline/index.ts";
import { writeMarkdown } from "../stages/load/markdown/write-markdown.ts";
import { runPipeline } from "./index.ts";

const COUNT = 6;
const source: Source<number> = {
  name: "count",
  version: 1,
  check: async () => [],
  async *read() {
    for (let n = 0; n < COUNT; n += 1) yield { kind: "item", itemId: `i${n}`, sourcePath: "memory", content: n };
  },
};

it("a run goes on while another program has the workspace locked, and loses no answer", async () => {
  const root = mkdtempSync(join(tmpdir(), "holdfast-locked-"));
  const workspace = join(root, ".holdfast");
  let calls = 0;
  let isLocked = false;
  const called = Promise.withResolvers<void>();
  const pipeline = definePipeline("locked").phase("work", (phase) =>
    phase
      .extract(source)
      .transform(
        defineStep({
          name: "pay",
          cache: true,
          process: async (n: number) => {
            calls += 1;
            if (calls === COUNT) called.resolve();
            // Answered when the workspace is locked already.
            while (!isLocked) await new Promise((resolve) => setImmediate(resolve));
            return { n };
          },
        }),
      )
      .load(writeMarkdown(join(root, "notes"), ({ n }) => ({ title: `Note ${n}`, body: "Kelp." }))),
  );
  const running = runPipeline(pipeline, { workspace, window: COUNT });
  await called.promise;
  const other = new DatabaseSync(join(workspace, "workspace.db"), { timeout: 5_000 });
  other.exec("BEGIN IMMEDIATE");
  isLocked = true;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  delay.disable();
  other.exec("ROLLBACK");
  other.close();
  const { session } = await running;
  expect(session.counts).toMatchObject({ completed: COUNT, failed: 0 });
  expect(calls).toBe(COUNT);
  // SQLite's own patience was 10 seconds, for each of them.
  expect(delay.max / 1e6).toBeLessThan(9_000);
  // The answers have arrived in the cache.
  await runPipeline(pipeline, { workspace, window: COUNT });
  expect(calls).toBe(COUNT);
});
