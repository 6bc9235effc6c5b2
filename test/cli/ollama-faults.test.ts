import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FaultName } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

const quick = ["--min-wait", "0", "--max-wait", "0.05", "--window", "1"];

describe("holdfast import through Ollama", () => {
  it("writes the note after a busy server, a reset, a broken stream and a stream without an end, in exactly five calls", async () => {
    const faults: readonly FaultName[] = ["queue_full", "reset", "error_mid_stream", "end_without_done"];
    await using server = await startFakeOllama({ faults });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const args = [
      "import",
      chats,
      "--out",
      "notes",
      "--llm",
      "ollama:llama3.2",
      "--ollama-url",
      server.url,
      "--max-attempts",
      "5",
    ];
    const ran = await holdfast([...args, ...quick], { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("1 item: 1 completed") });
    expect(server.calls).toHaveLength(faults.length + 1);
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(1);
  });

  it("sends one num_ctx in the whole run and refuses silent cuts, so the model is loaded once", async () => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 6);
    const ran = await holdfast(
      ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url],
      { cwd },
    );
    expect(ran.code).toBe(0);
    expect(server.calls).toHaveLength(6);
    expect(new Set(server.calls.map(({ numCtx }) => numCtx)).size).toBe(1);
    expect(server.reloads).toBe(0);
    expect(server.calls.every(({ body }) => body.truncate === false && body.shift === false)).toBe(true);
  });

  it(
    "fails an item after its attempts, keeps the others, and tries only that one again with retry",
    { tags: "soak" },
    async () => {
      await using server = await startFakeOllama({ faults: (n) => (n <= 3 ? "runner_died" : undefined) });
      const cwd = newProject();
      const chats = writeClaudeExport(join(cwd, "chats"), 4);
      const first = await holdfast(
        ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url, ...quick],
        { cwd },
      );
      expect(first.code).toBe(4);
      expect(first.stdout).toContain("4 items: 3 completed, 1 failed");
      const id = sessionIdIn(first);
      expect(first.stdout).toContain(`holdfast retry ${id}`);
      expect(server.calls).toHaveLength(3 + 3);

      const second = await holdfast(["retry", id], { cwd });
      expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 4 completed") });
      expect(server.calls).toHaveLength(3 + 3 + 1);
      expect(readdirSync(join(cwd, "notes"))).toHaveLength(4);
    },
  );

  it("waits out a rate limit without counting an attempt", { tags: "soak" }, async () => {
    await using server = await startFakeOllama({ faults: ["cloud_rate_limit"] });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const args = [
      "import",
      chats,
      "--out",
      "notes",
      "--llm",
      "ollama:llama3.2",
      "--ollama-url",
      server.url,
      "--max-attempts",
      "1",
    ];
    const ran = await holdfast(args, { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("asks us to slow down");
    expect(server.calls).toHaveLength(3);
  });

  it("stops the run for a usage limit with everything pending, and goes on from there", async () => {
    await using server = await startFakeOllama({ faults: (n) => (n === 3 ? "cloud_usage_limit" : undefined) });
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 6);
    const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url, ...quick];
    const first = await holdfast(args, { cwd });
    expect(first.code).toBe(3);
    expect(first.stdout).toContain("interrupted");
    expect(first.stdout).not.toContain("failed");
    const second = await holdfast(["resume", sessionIdIn(first)], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
    expect(server.calls).toHaveLength(7);
  });

  variants([
    ["no Ollama running", "ollama:llama3.2", "http://127.0.0.1:9", "ollama serve"],
    ["a model that is not there", "ollama:llama3.3", undefined, "llama3.2"],
    ["a model without a provider", "gpt", undefined, "ollama:<model>"],
  ])("refuses %s before the first item", async (_, llm, url, sentence) => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const ran = await holdfast(["import", chats, "--out", "notes", "--llm", llm, "--ollama-url", url ?? server.url], {
      cwd,
    });
    expect(ran.code).toBe(llm === "gpt" ? 1 : 3);
    expect(ran.stderr).toContain(sentence);
    expect(server.calls).toHaveLength(0);
  });
});
