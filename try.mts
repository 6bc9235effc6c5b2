import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePipeline, runPipeline, type SourceRecord } from "./src/index.ts";
import { createBullmqEngine } from "./src/engines/bullmq/index.ts";
import { startWorker } from "./src/run/run-worker.ts";
const items = Number(process.argv[2] ?? 100);
const dir = mkdtempSync(join(tmpdir(), "hfq-"));
const redis = spawn("redis-server", ["--port", "6399", "--appendonly", "yes", "--maxmemory-policy", "noeviction", "--dir", dir, "--save", ""], { stdio: "ignore" });
await new Promise((r) => setTimeout(r, 500));
const source = { name: "numbers", version: 1, check: async () => [], async *read(): AsyncGenerator<SourceRecord<{ n: number }>> { for (let n = 0; n < items; n++) yield { kind: "item", itemId: `i:${n}`, sourcePath: "numbers", content: { n } }; } };
const out: number[] = [];
const pipeline = definePipeline("trial").phase("p", (phase) => phase.extract(source)
  .step("a", ({ n }) => ({ n: n + 1 })).step("b", ({ n }) => ({ n: n + 1 })).step("c", ({ n }) => ({ n: n + 1 })).step("d", ({ n }) => ({ n: n + 1 })).step("e", ({ n }) => ({ n: n + 1 })).step("f", ({ n }) => ({ n: n + 1 }))
  .load({ name: "out", version: 1, check: async () => {}, load: async ({ n }) => { out.push(n); return { outputPath: String(n) }; } }));
const address = { redis: "redis://127.0.0.1:6399" };
const worker = await startWorker(pipeline, { address, concurrency: 100, say: console.log });
const t = performance.now();
const { session, cause } = await runPipeline(pipeline, { engine: createBullmqEngine({ address }), workspace: join(dir, ".holdfast"), window: 400, listen: (e) => e.kind === "engine" && console.log(e.message) });
const ms = performance.now() - t;
console.log(session.status, session.counts, cause, out.length, new Set(out).size, Math.round(ms), "ms", Math.round((items * 6) / (ms / 1000)), "steps/s");
await worker.leave();
await worker[Symbol.asyncDispose]();
redis.kill();
