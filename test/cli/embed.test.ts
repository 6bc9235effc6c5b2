import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, startFakeOpenAI } from "../../src/entries/testing.ts";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";

/** A project with a pipeline that makes a vector of each of three documents. */
function project(): string {
  const cwd = newProject();
  cpSync(join(root, "examples/summaries/docs.jsonl"), join(cwd, "docs.jsonl"));
  writeFileSync(
    join(cwd, "vectors.mjs"),
    `import { definePipeline } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";
export default definePipeline("vectors").phase("embed", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("embed", async ({ id, text }, { embed }) => ({ id, length: (await embed(text)).length }))
    .load(writeMarkdown("notes", ({ id, length }) => ({ title: id, body: String(length) }))),
);
`,
  );
  return cwd;
}

const run = (cwd: string, ...flags: readonly string[]) => holdfast(["run", "vectors.mjs", ...flags], { cwd });

describe("holdfast run --embed", () => {
  it("makes vectors, says which model does, and a resume goes on with it", async () => {
    await using server = await startFakeOpenAI({
      embeddingFaults: (n) => (n === 2 ? "insufficient_quota" : undefined),
    });
    const cwd = project();
    const first = await run(cwd, "--embed", "openai:m", "--openai-url", server.url, "--window", "1");
    expect(first.code).toBe(3);
    expect(first.stdout).toContain("The account has no credit left");
    expect(first.stderr).toContain("m: vectors of 8 dimensions");
    const second = await holdfast(["resume", sessionIdIn(first)], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
  });

  it("is a setting of the configuration too", async () => {
    await using server = await startFakeOllama({ models: [{ name: "nomic-embed-text" }] });
    const cwd = project();
    const config = { embed: "ollama:nomic-embed-text", ollamaUrl: server.url };
    writeFileSync(join(cwd, "holdfast.config.json"), JSON.stringify(config));
    expect(await run(cwd)).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
    expect(server.embeds).toHaveLength(4);
  });

  it("is asked for when a step makes vectors without it: nothing fails, and nothing is lost", async () => {
    await using server = await startFakeOpenAI();
    const cwd = project();
    const first = await run(cwd);
    expect(first.code).toBe(3);
    expect(first.stdout).toContain("the run has no embedding model");
    expect(first.stdout).toContain("3 pending");
    const flags = ["--embed", "openai:m", "--openai-url", server.url];
    const second = await holdfast(["resume", sessionIdIn(first), ...flags], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
  });

  it("is refused in one sentence when it is no embedding model, and before a session begins", async () => {
    await using server = await startFakeOpenAI({ models: [{ id: "other" }] });
    const cwd = project();
    const wrong = await run(cwd, "--embed", "extractive");
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain("Expected --embed to be one of ollama:<model>, openai:<model>");
    const unknown = await run(cwd, "--embed", "openai:m", "--openai-url", server.url);
    expect(unknown.code).toBe(3);
    expect(unknown.stderr).toContain('The embedding model "m" cannot be used');
    expect(unknown.stderr).not.toMatch(/\n\s+at .*\n\s+at /);
  });
});
