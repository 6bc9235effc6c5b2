import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOpenAI } from "../../src/entries/testing.ts";
import { holdfast, newProject, root } from "../cli/holdfast.ts";
import { startCommandWorker } from "./command-worker.ts";
import { serverKinds } from "./servers.ts";

const PIPELINE = `import { definePipeline } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";
export default definePipeline("vectors").phase("embed", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("embed", async ({ id, text }, { embed }) => ({ id, length: (await embed(text)).length }))
    .load(writeMarkdown("notes", ({ id, length }) => ({ title: id, body: String(length) }))),
);
`;

for (const { name, start } of serverKinds)
  describe(`vectors of workers on ${name}`, { tags: "soak" }, () => {
    it("are made by the workers that have the same embedding model, and the server's limits break nothing", async () => {
      await using queue = await start();
      await using server = await startFakeOpenAI({ headers: { "x-ratelimit-limit-requests": "60" } });
      const cwd = newProject();
      cpSync(join(root, "examples/summaries/docs.jsonl"), join(cwd, "docs.jsonl"));
      writeFileSync(join(cwd, "vectors.mjs"), PIPELINE);
      const setting = { cwd, env: { ...queue.env, OPENAI_BASE_URL: server.url } };
      await using _worker = await startCommandWorker(["vectors.mjs", "--embed", "openai:m", ...queue.flags], setting);
      const before = server.embeddingCalls.length;
      const ran = await holdfast(["run", "vectors.mjs", "--embed", "openai:m", ...queue.flags], setting);
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
      // One is the check of the owner.
      expect(server.embeddingCalls.length - before).toBe(4);
    });
  });
