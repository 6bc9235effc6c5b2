import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

const CONFIG = "holdfast.config.ts";

/** A project with two chats and a configuration file that says this. */
function projectWith(settings: object | string, file = CONFIG): string {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), 2);
  const text = typeof settings === "string" ? settings : JSON.stringify(settings);
  writeFileSync(join(cwd, file), file.endsWith(".json") ? text : typed(text));
  return cwd;
}

const typed = (settings: string): string =>
  `import { defineConfig } from "holdfast/config";\nexport default defineConfig(${settings});\n`;

const storedFlags = (cwd: string, id: string): object =>
  JSON.parse(readFileSync(join(cwd, ".holdfast/sessions", id, "session.json"), "utf8")).options.flags;

describe("holdfast.config.ts", () => {
  it("gives a session its settings, which the session keeps for its resumes", async () => {
    await using server = await startFakeOllama();
    const cwd = projectWith({
      llm: "ollama:llama3.2",
      ollamaUrl: server.url,
      out: "notes",
      maxAttempts: 1,
      prices: { "ollama:llama3.2": { inputPerMillion: 1_000_000, outputPerMillion: 0 } },
      maxCost: 0.5,
    });
    const stopped = await holdfast(["import", "chats", "--concurrency", "1"], { cwd });
    expect(stopped).toMatchObject({ code: 6, stderr: expect.stringContaining(`Settings: ${join(cwd, CONFIG)}`) });
    const id = sessionIdIn(stopped);
    expect(storedFlags(cwd, id)).toMatchObject({
      llm: "ollama:llama3.2",
      maxAttempts: 1,
      maxCost: 0.5,
      concurrency: 1,
    });

    // What the file says by now is for sessions that begin by now.
    writeFileSync(join(cwd, CONFIG), typed(JSON.stringify({ llm: "ollama:other", out: "elsewhere" })));
    const resumed = await holdfast(["resume", id, "--max-cost", "1000000"], { cwd });
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/cost/);
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(2);
  });

  it("is found from a folder below, and paths in it are meant from its own folder", async () => {
    const cwd = projectWith({ out: "./vault/chats" });
    mkdirSync(join(cwd, "deep/er"), { recursive: true });
    const ran = await holdfast(["import", "../../chats"], { cwd: join(cwd, "deep/er") });
    expect(ran.code).toBe(0);
    expect(readdirSync(join(cwd, "vault/chats"))).toHaveLength(2);
  });

  it("may be JSON, and --config names it", { tags: "soak" }, async () => {
    const cwd = projectWith({ out: "from-json" }, "mine.json");
    const ran = await holdfast(["import", "chats", "--config", "mine.json"], { cwd });
    expect(ran.code).toBe(0);
    expect(readdirSync(join(cwd, "from-json"))).toHaveLength(2);
  });

  it("goes behind the environment, and that behind a flag", async () => {
    const cwd = projectWith({ out: "from-config", concurrency: 3, numCtx: 1000, window: 5 });
    const env = { HOLDFAST_OUT: "from-env", HOLDFAST_CONCURRENCY: "4", HOLDFAST_NUM_CTX: "2000" };
    const ran = await holdfast(["import", "chats", "--concurrency", "5"], { cwd, env });
    expect(ran.code).toBe(0);
    expect(readdirSync(cwd)).toContain("from-env");
    expect(storedFlags(cwd, sessionIdIn(ran))).toEqual({ concurrency: 5, numCtx: 2000, window: 5 });
  });

  it("goes behind OLLAMA_HOST too", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const cwd = projectWith({ llm: "ollama:llama3.2", ollamaUrl: "http://127.0.0.1:9", out: "notes" });
    const ran = await holdfast(["import", "chats"], { cwd, env: { OLLAMA_HOST: server.url } });
    expect(ran.code).toBe(0);
    expect(server.calls).toHaveLength(2);
  });

  it("is left alone with --no-config", { tags: "soak" }, async () => {
    const cwd = projectWith({ nonsense: 1 });
    const ran = await holdfast(["import", "chats", "--out", "notes", "--no-config"], { cwd });
    expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("Settings:") });
  });

  variants([
    [
      "an unknown key",
      { concurency: 2 },
      /There is no setting `concurency`\. Did you mean `concurrency`\? The settings are llm, /,
    ],
    ["a wrong value", { window: "wide" }, /Expected `window` to be a whole number from 1 to 10,000, got 'wide'\./],
    [
      "a secret's name",
      { openaiApiKey: "x" },
      /`openaiApiKey` looks like a secret by its name\. Secrets come from environment variables/,
    ],
    ["a secret", { ollamaUrl: "http://me:hunter2@gpu-box" }, /`ollamaUrl` holds a secret\. Secrets come from env/],
    ["a syntax error", '{ llm: "extractive", ', /Could not load ".*holdfast\.config\.ts"/],
    ["no settings", "5", /Expected an object of settings, got 5/],
  ])("refuses %s before anything is begun", async (_, settings, message) => {
    const cwd = projectWith(settings);
    const ran = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
    expect(ran.stderr).not.toContain("hunter2");
    expect(readdirSync(cwd)).not.toContain(".holdfast");
  });

  it("is refused where it is one of two", async () => {
    const cwd = projectWith({});
    writeFileSync(join(cwd, "holdfast.config.json"), "{}");
    const ran = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("There are two configuration files") });
  });

  it("is missed when it was named and is not there", { tags: "soak" }, async () => {
    const ran = await holdfast(["run", "any.ts", "--config", "none.ts"], { cwd: newProject() });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no configuration file") });
  });

  it("says how to do without the package where that is not installed", { tags: "soak" }, async () => {
    const cwd = projectWith('{ llm: "extractive" }');
    writeFileSync(join(cwd, CONFIG), typed("{}"));
    rmSync(join(cwd, "node_modules/holdfast"));
    const ran = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("Write it without defineConfig") });
    writeFileSync(join(cwd, CONFIG), 'export default { out: "notes" };\n');
    expect(await holdfast(["import", "chats"], { cwd })).toMatchObject({ code: 0 });
  });

  it("says which variable of the environment cannot be understood", { tags: "soak" }, async () => {
    const ran = await holdfast(["run", "any.ts"], { cwd: newProject(), env: { HOLDFAST_CONCURRENCY: "many" } });
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HOLDFAST_CONCURRENCY is "many". Expected a'),
    });
  });
});
