import { appendFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { conversation, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";

const example = join(root, "examples/claude-export");

const read = (...path: readonly string[]): string => readFileSync(join(...path), "utf8");

const frontMatterOf = (text: string): unknown => parse(/^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? "");

describe("holdfast import", () => {
  it("turns the shipped example into notes, and says why the others are none", async () => {
    const cwd = newProject();
    const { code, stdout } = await holdfast(["import", example, "--out", "notes"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("17 items: 15 completed, 2 filtered");
    expect(stdout).toContain("filtered: 1 x fewer than 3 messages");
    expect(stdout).toContain("filtered: 1 x no messages");
    const notes = readdirSync(join(cwd, "notes"));
    expect(notes).toHaveLength(15);
    for (const name of notes) {
      expect(frontMatterOf(read(cwd, "notes", name))).toMatchObject({
        title: expect.any(String),
        created: expect.anything(),
        tags: expect.any(Array),
        summary: expect.any(String),
        source: "claude",
        source_id: expect.stringMatching(/^claude:[0-9a-f-]{36}$/),
        content_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        engine: "extractive",
        session: expect.stringMatching(/^\d{8}_\d{6}/),
      });
    }
  });

  it("makes the same notes in every run", async () => {
    const [one, two] = [newProject(), newProject()];
    await holdfast(["import", example, "--out", "notes"], { cwd: one });
    await holdfast(["import", example, "--out", "notes", "--window", "1"], { cwd: two });
    const bodies = (cwd: string): readonly string[] =>
      readdirSync(join(cwd, "notes"))
        .map((name) => read(cwd, "notes", name).replace(/^session: .*$/m, ""))
        .toSorted();
    expect(bodies(two)).toEqual(bodies(one));
  });

  it("skips what did not change, updates the note of a chat that grew, and leaves an edited note alone", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 4);
    await holdfast(["import", chats, "--out", "notes"], { cwd });
    const again = await holdfast(["import", chats, "--out", "notes"], { cwd });
    expect(again.stdout).toContain("4 items: 4 skipped");
    expect(again.stdout).toContain("unchanged since the last import");

    const edited = readdirSync(join(cwd, "notes")).find((name) => name.includes("Question 1 ")) ?? "";
    appendFileSync(join(cwd, "notes", edited), "\nMy own words.\n");
    const grown = [0, 1, 2, 3].map((n) => conversation(n) as { chat_messages: object[] });
    for (const { chat_messages } of grown.slice(0, 2)) {
      chat_messages.push({
        uuid: "new",
        sender: "human",
        text: "And how deep is the water?",
        content: [{ type: "text", text: "And how deep is the water?" }],
      });
    }
    writeFileSync(join(chats, "conversations.json"), JSON.stringify(grown));
    const third = await holdfast(["import", chats, "--out", "notes"], { cwd });
    expect(third.stdout).toContain("4 items: 1 completed, 3 skipped");
    expect(third.stdout).toContain("edited by you");
    expect(read(cwd, "notes", edited)).toContain("My own words.");
    const updated = readdirSync(join(cwd, "notes")).find((name) => name.includes("Question 0 ")) ?? "";
    expect(read(cwd, "notes", updated)).toContain("how deep");
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(4);
  });

  it("does not bring back a note that was moved or deleted, and writes all anew into an emptied folder", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 3);
    await holdfast(["import", chats, "--out", "notes"], { cwd });
    const [gone = "", ...others] = readdirSync(join(cwd, "notes"));
    rmSync(join(cwd, "notes", gone));
    const again = await holdfast(["import", chats, "--out", "notes"], { cwd });
    expect(again.stdout).toContain("skipped: 1 x unchanged, and its note was moved or deleted by you");
    expect(readdirSync(join(cwd, "notes"))).toEqual(others);
    rmSync(join(cwd, "notes"), { recursive: true });
    const anew = await holdfast(["import", chats, "--out", "notes"], { cwd });
    expect(anew.stdout).toContain("3 items: 3 completed");
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(3);
  });

  it("keeps both of two chats with one title", async () => {
    const cwd = newProject();
    await holdfast(["import", example, "--out", "notes"], { cwd });
    const weekly = readdirSync(join(cwd, "notes")).filter((name) => name.startsWith("Weekly review"));
    expect(weekly).toHaveLength(2);
    expect(new Set(weekly.map((name) => read(cwd, "notes", name))).size).toBe(2);
  });

  it("reads the one JSON file as well as the folder that holds it", async () => {
    const cwd = newProject();
    const { stdout } = await holdfast(["import", join(example, "conversations.json"), "--out", "notes"], { cwd });
    expect(stdout).toContain("17 items: 15 completed, 2 filtered");
  });

  it("leaves chats out by --min-messages", async () => {
    const cwd = newProject();
    const { stdout } = await holdfast(["import", example, "--out", "notes", "--min-messages", "1"], { cwd });
    expect(stdout).toContain("17 items: 16 completed, 1 filtered");
  });

  it("lets one broken conversation cost only itself, and names it", async () => {
    const cwd = newProject();
    const broken = [conversation(0), { uuid: "x", name: "no messages at all" }, conversation(2)];
    mkdirSync(join(cwd, "chats"));
    writeFileSync(join(cwd, "chats/conversations.json"), JSON.stringify(broken));
    const ran = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("3 items: 2 completed, 1 failed");
    expect(ran.stdout).toContain("conversations.json#1");
  });

  it("works from any folder below the workspace, and resumes with the id alone", async () => {
    const cwd = newProject();
    cpSync(example, join(cwd, "chats"), { recursive: true });
    const first = await holdfast(["import", "chats", "--out", "notes"], { cwd });
    mkdirSync(join(cwd, "deep/below"), { recursive: true });
    const resumed = await holdfast(["resume", sessionIdIn(first)], { cwd: join(cwd, "deep/below") });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("17 items: 15 completed") });
  });

  it("says what to do when a session's folder or id is wrong", async () => {
    const cwd = newProject();
    const hostile = await holdfast(["resume", "../../etc"], { cwd });
    expect(hostile).toMatchObject({ code: 1, stderr: expect.stringContaining("../../etc") });
    const unknown = await holdfast(["status", "20200101_000000"], { cwd });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("holdfast status") });
    const ran = await holdfast(["import", example, "--out", "notes"], { cwd });
    const id = sessionIdIn(ran);
    rmSync(join(cwd, ".holdfast/sessions", id, "session.json"));
    const damaged = await holdfast(["status", id], { cwd });
    expect(damaged).toMatchObject({ code: 2, stderr: expect.stringContaining("session.json") });
  });
});
