import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomOpenAIFaults, startFakeOpenAI, type FakeOpenAI } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

const quick = ["--min-wait", "0", "--max-wait", "0.02"];

/** A folder with an export of `count` chats, and the command that imports them through a server. */
function importing(count: number, server: FakeOpenAI, ...more: readonly string[]) {
  const cwd = newProject();
  const chats = writeClaudeExport(join(cwd, "chats"), count);
  return { cwd, args: ["import", chats, "--out", "notes", "--llm", "openai:m", "--openai-url", server.url, ...more] };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

describe("holdfast import through an OpenAI-compatible server", () => {
  it("writes the notes with one call each, and leaves the key nowhere", async () => {
    const key = "sk-proj-Zm9yIHRlc3RzIG9ubHk";
    await using server = await startFakeOpenAI({ apiKey: key, models: [{ id: "m", contextTokens: 16_384 }] });
    const { cwd, args } = importing(3, server, "--debug");
    const ran = await holdfast(args, { cwd, env: { OPENAI_API_KEY: key } });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
    expect(ran.stderr).toContain("m: 16,384 tokens of context");
    expect([server.calls.length, readdirSync(join(cwd, "notes")).length]).toEqual([3, 3]);
    const written = [...filesIn(join(cwd, "notes")), ...filesIn(join(cwd, ".holdfast"))];
    expect(written.filter((path) => readFileSync(path).includes(key))).toEqual([]);
    expect(ran.stdout + ran.stderr).not.toContain(key);
  });

  it("says what the server tells of its limits, once, and keeps it", async () => {
    await using server = await startFakeOpenAI({
      headers: (n) => ({ "x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": `${500 - n}` }),
    });
    const { cwd, args } = importing(4, server, "--concurrency", "1");
    const ran = await holdfast(args, { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr.match(/openai tells its limits: 500 requests \(\d+ left\)/g)).toHaveLength(1);
    const kept = readFileSync(join(cwd, ".holdfast/sessions", sessionIdIn(ran), "lanes.json"), "utf8");
    expect(JSON.parse(kept).events).toMatchObject([{ change: "told", limits: [{ of: "requests", limit: 500 }] }]);
  });

  it("loses nothing when a fifth of the calls go wrong", { tags: "soak" }, async () => {
    await using server = await startFakeOpenAI({ faults: randomOpenAIFaults({ rate: 0.2, seed: 3 }) });
    const { cwd, args } = importing(40, server, "--max-attempts", "8", ...quick);
    const ran = await holdfast(args, { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("40 items: 40 completed") });
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(40);
    expect(server.calls.length).toBeGreaterThan(40);
  });

  it("stops when the account has no credit left, with everything pending, and goes on from there", async () => {
    await using server = await startFakeOpenAI({ faults: (n) => (n === 3 ? "insufficient_quota" : undefined) });
    const { cwd, args } = importing(6, server, "--window", "1", ...quick);
    const first = await holdfast(args, { cwd });
    expect(first.code).toBe(3);
    expect(first.stdout).toContain("The account has no credit left");
    expect(first.stdout).not.toContain("failed");
    const second = await holdfast(["resume", sessionIdIn(first)], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 6 completed") });
    expect(server.calls).toHaveLength(7);
  });

  it("waits out a rate limit without counting an attempt", { tags: "soak" }, async () => {
    await using server = await startFakeOpenAI({ faults: ["rate_limit_tokens"] });
    const { cwd, args } = importing(2, server, "--max-attempts", "1");
    const ran = await holdfast(args, { cwd });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("asks us to slow down");
    expect(server.calls).toHaveLength(3);
  });

  it("finds the server through OPENAI_BASE_URL", { tags: "soak" }, async () => {
    await using server = await startFakeOpenAI();
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const args = ["import", chats, "--out", "notes", "--llm", "openai:m"];
    expect((await holdfast(args, { cwd, env: { OPENAI_BASE_URL: server.url } })).code).toBe(0);
    expect(server.calls).toHaveLength(1);
  });

  variants([
    ["a model that is not there", ["--llm", "openai:mm"], 3, 'Did you mean "m"?'],
    ["a server that does not answer", ["--openai-url", "http://127.0.0.1:9/v1"], 3, "OPENAI_BASE_URL"],
    ["an address that is none", ["--openai-url", "localhost:1234"], 1, "It came from --openai-url."],
  ])("refuses %s before the first item", async (_, flags, code, sentence) => {
    await using server = await startFakeOpenAI();
    const { cwd, args } = importing(1, server, ...flags);
    const ran = await holdfast(args, { cwd });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(sentence);
    // At most it has asked for one token.
    expect(server.calls.filter(({ body }) => body.max_tokens !== 1)).toEqual([]);
  });

  it("imports through a server whose list does not name the model, and says so", async () => {
    await using server = await startFakeOpenAI({ models: [{ id: "gpt-4o-2024-08-06" }, { id: "m", listedAs: "" }] });
    const { cwd, args } = importing(2, server);
    const ran = await holdfast(args, { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 completed") });
    expect(ran.stderr).toContain('The server\'s list of models has no "m". It answers to "m" all the same.');
    expect(server.calls).toHaveLength(3);
  });

  it("leaves a chat that a firewall refuses to itself: the others get their notes, and a resume gets past it", async () => {
    await using server: FakeOpenAI = await startFakeOpenAI({
      faults: (n) =>
        server.calls[n - 1]?.body.messages?.some(({ content }) => content.includes("kelp number 0"))
          ? "firewall_page"
          : undefined,
    });
    const { cwd, args } = importing(3, server, "--window", "1", ...quick);
    const first = await holdfast(args, { cwd });
    expect(first).toMatchObject({ code: 4, stdout: expect.stringContaining("3 items: 2 completed, 1 failed") });
    expect(first.stdout).toContain(
      "A firewall in front of the server does not let this chat through (HTTP 403: Attention",
    );
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(2);
    const again = await holdfast(["retry", sessionIdIn(first)], { cwd });
    expect(again).toMatchObject({ code: 4, stdout: expect.stringContaining("3 items: 2 completed, 1 failed") });
  });

  it("refuses a wrong key before the first item, and names the variable", async () => {
    await using server = await startFakeOpenAI({ apiKey: "sk-right" });
    const { cwd, args } = importing(1, server);
    const ran = await holdfast(args, { cwd, env: { OPENAI_API_KEY: "sk-wrong-but-long-enough" } });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("OPENAI_API_KEY");
    expect(ran.stderr).not.toContain("sk-wrong-but-long-enough");
  });
});
