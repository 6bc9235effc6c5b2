import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { bundlers } from "./bundlers.ts";
import { manifest, newConsumer } from "./consumer.ts";
import { variants } from "../variants.ts";

const RUNS_A_PIPELINE = `
import { definePipeline, runPipeline } from "holdfast";
const source = { name: "read", version: 1, check: async () => [], async *read() {
  for (const n of [1, 2, 3]) yield { kind: "item", itemId: "n" + n, sourcePath: "memory", content: n };
} };
const sink = { name: "keep", version: 1, check: async () => {}, load: async (n) => ({ outputPath: "n" + n }) };
const pipeline = definePipeline("bundled").phase("work", (phase) => phase.extract(source).step("double", (n) => n * 2).load(sink));
const { session } = await runPipeline(pipeline, { workspace: ".holdfast" });
console.log(session.status, session.counts.completed);
`;

const ASKS_A_GGUF = `
import { writeFileSync } from "node:fs";
import { createGguf } from "holdfast/llm";
writeFileSync("model.gguf", "GGUF");
await createGguf({ file: "model.gguf" }).check().catch(({ message }) => console.log(message));
`;

const STARTS_A_WORKER = (address: object): string => `
import { definePipeline } from "holdfast";
import { startWorker } from "holdfast/bullmq";
const pipeline = definePipeline("none").phase("work", (phase) => phase
  .extract({ name: "read", version: 1, check: async () => [], async *read() {} })
  .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "kept" }) }));
await startWorker(pipeline, { address: ${JSON.stringify(address)} }).catch(({ message, hint }) => console.log(message, hint));
`;

const run = (file: string, cwd: string): string => execFileSync(process.execPath, [file], { cwd, encoding: "utf8" });

/** Runs what was bundled in a folder where no package is found. */
function runAlone(folder: string): string {
  const alone = mkdtempSync(join(tmpdir(), "holdfast-bundle-"));
  copyFileSync(join(folder, "bundled/main.mjs"), join(alone, "main.mjs"));
  return run("main.mjs", alone);
}

/** The entries by what a program calls them. */
const entries = Object.keys(manifest.exports).flatMap((path) =>
  path === "./package.json" ? [] : [path.replace(".", "holdfast")],
);

describe("a program that has none of the optional peers", () => {
  const consumer = newConsumer();
  const write = (text: string): void => writeFileSync(join(consumer, "main.mjs"), text);

  it("has none of them in reach", () => {
    const { resolve } = createRequire(join(consumer, "node_modules/holdfast/dist/index.js"));
    for (const peer of Object.keys(manifest.peerDependencies)) expect(() => resolve(peer), peer).toThrow(peer);
  });

  describe.each(Object.entries(bundlers))("bundled by %s", (_name, bundle) => {
    it("runs a pipeline out of one file, without a warning", async () => {
      write(RUNS_A_PIPELINE);
      expect(await bundle(consumer)).toEqual([]);
      expect(runAlone(consumer)).toBe("completed 3\n");
    });

    it("says which package a gguf: model needs when it is used", async () => {
      write(ASKS_A_GGUF);
      expect(await bundle(consumer)).toEqual([]);
      expect(runAlone(consumer)).toBe("A gguf: model needs the package node-llama-cpp, which is not installed.\n");
    });
  });

  it.each(entries.filter((name) => name !== "holdfast/bullmq"))("finds all that %s imports", async (name) => {
    const { warnings } = await build({
      stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: consumer },
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "silent",
      write: false,
    });
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ redis: "redis://127.0.0.1:1" }, "ioredis"],
    [{ postgres: "postgres://127.0.0.1:1/db" }, "pg"],
  ])("loads holdfast/bullmq, and is told what to install when it starts a worker at %o", (address, driver) => {
    write(STARTS_A_WORKER(address));
    const told = run("main.mjs", consumer);
    expect(told).toContain(`need the packages bullmq and ${driver}, which are not installed`);
    expect(told).toContain(`npm install bullmq ${driver}`);
  });
});

describe.each(["ioredis", "pg"])("a worker with %s alone", (driver) => {
  const consumer = newConsumer("bullmq", driver);

  variants(Object.entries(bundlers))("is bundled by %s", async (_name, bundle) => {
    writeFileSync(join(consumer, "main.mjs"), 'export { startWorker } from "holdfast/bullmq";');
    await bundle(consumer);
    expect(readFileSync(join(consumer, "bundled/main.mjs"), "utf8")).toContain("startWorker");
  });
});
