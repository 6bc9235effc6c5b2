import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, startFakeOpenAI } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";

/** What the notes say of who wrote them. */
const writers = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, "notes"))
    .map((name) => /^(?:model|engine): .*$/m.exec(readFileSync(join(cwd, "notes", name), "utf8"))?.[0] ?? "nobody")
    .toSorted();

describe("models that are asked in turn", () => {
  it("write the notes when the first has no credit, and each note and item says which it was", async () => {
    await using paid = await startFakeOpenAI({ faults: (call) => (call > 2 ? "insufficient_quota" : undefined) });
    await using local = await startFakeOllama();
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 5);
    const servers = ["--openai-url", paid.url, "--ollama-url", local.url];
    const models = ["--llm", "openai:m", "--fallback", "ollama:llama3.2,extractive"];
    const ran = await holdfast(["import", chats, "--out", "notes", ...models, ...servers, "--concurrency", "1"], {
      cwd,
    });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("5 items: 5 completed") });
    expect(ran.stderr).toContain("openai:m is left out from now on");
    expect(writers(cwd)).toEqual([
      "model: ollama:llama3.2",
      "model: ollama:llama3.2",
      "model: ollama:llama3.2",
      "model: openai:m",
      "model: openai:m",
    ]);
    const items = await holdfast(["show", sessionIdIn(ran), "--status", "completed", "--json"], { cwd });
    const { items: listed } = JSON.parse(items.stdout) as { readonly items: readonly { readonly itemId: string }[] };
    const shown = await Promise.all(
      listed.map(async ({ itemId }) => (await holdfast(["show", sessionIdIn(ran), itemId], { cwd })).stdout),
    );
    expect(shown.filter((text) => text.includes("answered by openai:m"))).toHaveLength(2);
    expect(shown.filter((text) => text.includes("answered by ollama:llama3.2"))).toHaveLength(3);
  });

  it("are those of the session when it goes on, and of the configuration", async () => {
    await using paid = await startFakeOpenAI({ faults: () => "insufficient_quota" });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const config = { llm: "openai:m", fallback: ["extractive"], openaiUrl: paid.url };
    writeFileSync(join(cwd, "holdfast.config.json"), JSON.stringify(config));
    const first = await holdfast(["import", chats, "--out", "notes", "--limit", "1"], { cwd });
    const resumed = await holdfast(["resume", sessionIdIn(first)], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("2 completed") });
    expect(writers(cwd)).toEqual(["engine: extractive", "engine: extractive"]);
    // Another model is not what they stand in for.
    const other = await holdfast(["import", chats, "--out", "others", "--llm", "openai:other"], { cwd });
    expect(other.code).toBe(3);
  });

  it.each([
    ["openai:m", "Name each model once"],
    ["openai:n,,extractive", "Expected models with commas between them"],
    ["nothing:x", "Expected --llm to be one of"],
    ["extractive,openai:n", "would do nothing after extractive"],
  ])("are refused when they are %j", async (names, says) => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const ran = await holdfast(["import", chats, "--out", "notes", "--llm", "openai:m", "--fallback", names], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(says);
  });

  it("are refused behind the engine that needs none, which is the default", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const ran = await holdfast(["import", chats, "--out", "notes", "--fallback", "openai:m"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("Name the models first") });
  });
});
