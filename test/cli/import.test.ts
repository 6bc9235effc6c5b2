import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { conversation, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

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

  it("makes the same notes in every run", { tags: "soak" }, async () => {
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

  it(
    "does not bring back a note that was moved or deleted, and writes all of them again into an emptied folder",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      const chats = writeClaudeExport(join(cwd, "chats"), 3);
      await holdfast(["import", chats, "--out", "notes"], { cwd });
      const [gone = "", ...others] = readdirSync(join(cwd, "notes"));
      rmSync(join(cwd, "notes", gone));
      const again = await holdfast(["import", chats, "--out", "notes"], { cwd });
      expect(again.stdout).toContain("skipped: 1 x unchanged, and its note was moved or deleted by you");
      expect(readdirSync(join(cwd, "notes"))).toEqual(others);
      rmSync(join(cwd, "notes"), { recursive: true });
      const force = await holdfast(["import", chats, "--out", "notes"], { cwd });
      expect(force.stdout).toContain("3 items: 3 completed");
      expect(readdirSync(join(cwd, "notes"))).toHaveLength(3);
    },
  );

  it("keeps both of two chats with one title", { tags: "soak" }, async () => {
    const cwd = newProject();
    await holdfast(["import", example, "--out", "notes"], { cwd });
    const weekly = readdirSync(join(cwd, "notes")).filter((name) => name.startsWith("Weekly review"));
    expect(weekly).toHaveLength(2);
    expect(new Set(weekly.map((name) => read(cwd, "notes", name))).size).toBe(2);
  });

  it("reads the one JSON file as well as the folder that holds it", { tags: "soak" }, async () => {
    const cwd = newProject();
    const { stdout } = await holdfast(["import", join(example, "conversations.json"), "--out", "notes"], { cwd });
    expect(stdout).toContain("17 items: 15 completed, 2 filtered");
  });

  it("leaves chats out by --min-messages", { tags: "soak" }, async () => {
    const cwd = newProject();
    const { stdout } = await holdfast(["import", example, "--out", "notes", "--min-messages", "1"], { cwd });
    expect(stdout).toContain("17 items: 16 completed, 1 filtered");
    const all = await holdfast(["import", example, "--out", "notes", "--min-messages", "0"], { cwd });
    expect(all.stdout).toContain("17 items: 16 skipped, 1 filtered");
    expect(all.stdout).toContain("filtered: 1 x no text");
    const none = await holdfast(["import", example, "--out", "notes", "--min-messages", "-1"], { cwd });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("a whole number of 0 or more") });
  });

  it("names a file that is where the notes are to go", { tags: "soak" }, async () => {
    const cwd = newProject();
    writeFileSync(join(cwd, "notes"), "mine");
    const ran = await holdfast(["import", example, "--out", "notes"], { cwd });
    expect(ran).toMatchObject({ code: 74, stderr: expect.stringContaining('/notes": it is a file.') });
    expect(read(cwd, "notes")).toBe("mine");
  });

  it("lets one broken conversation cost only itself, and names it", { tags: "soak" }, async () => {
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

  it(
    "ends with what was new and updated, which files are beside edited notes, the time, and where the notes are",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      const chats = writeClaudeExport(join(cwd, "chats"), 8);
      const first = await holdfast(["import", chats, "--out", "deep/notes"], { cwd });
      expect(first.stdout).toContain("completed: 8 new");
      expect(first.stdout).toMatch(/took: (less than 1 s|\d+ s)/);
      expect(first.stdout).toContain("Notes: deep/notes\n");
      expect(first.stdout).toContain(`Details: .holdfast/sessions/${sessionIdIn(first)}`);

      const notes = readdirSync(join(cwd, "deep/notes"));
      const edited = notes.filter((name) => !name.includes("Question 0 "));
      for (const name of edited) appendFileSync(join(cwd, "deep/notes", name), "\nMy own words.\n");
      const text = "And how deep is the water?";
      const grown = notes.map((_, n) => {
        const chat = conversation(n) as { chat_messages: object[] };
        return { ...chat, chat_messages: [...chat.chat_messages, { uuid: text, sender: "human", text, content: [] }] };
      });
      writeFileSync(join(chats, "conversations.json"), JSON.stringify(grown));
      const args = ["import", chats, "--out", "deep/notes", "--on-edited", "sibling"];
      const ran = await holdfast([...args, "--json"], { cwd });
      const report = JSON.parse(ran.stdout);
      const id = report.session.id;
      expect(ran.stderr).toContain("completed: 1 updated, 7 beside an edited one");
      const shown = ran.stderr.match(/^ {4}deep\/notes\/.* \(new\)\.md$/gm) ?? [];
      expect(shown).toHaveLength(5);
      expect(ran.stderr).toContain(`    and 2 more: holdfast show ${id} --status completed`);
      expect(report.edited).toHaveLength(7);
      const counts = Object.fromEntries(
        report.loads.map(({ change, count }: { change: string; count: number }) => [change, count]),
      );
      expect(counts).toEqual({ updated: 1, beside: 7 });
      expect(report.session.counts).toMatchObject({ completed: 8, failed: 0 });
      expect(report.runs).toMatchObject([{ model: "extractive", ended: { usage: { calls: 0 } } }]);

      for (const name of edited) appendFileSync(join(cwd, "deep/notes", name), "\nMore of them.\n");
      writeFileSync(
        join(chats, "conversations.json"),
        JSON.stringify(grown.map((chat) => ({ ...chat, name: "Renamed" }))),
      );
      const over = await holdfast([...args.slice(0, -1), "overwrite"], { cwd });
      expect(over.stdout).toContain("completed: 1 updated, 7 in place of an edited one");
      expect(over.stdout).toContain("written in place of your version, which is beside it:");
    },
  );

  it("shows a path elsewhere whole, also from a resumed session", { tags: "soak" }, async () => {
    const [cwd, elsewhere] = [newProject(), newProject()];
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const ran = await holdfast(["import", chats, "--out", join(elsewhere, "notes")], { cwd });
    expect(ran.stdout).toContain(`Notes: ${join(elsewhere, "notes")}\n`);
    const resumed = await holdfast(["resume", sessionIdIn(ran), "--workspace", join(cwd, ".holdfast")], {
      cwd: elsewhere,
    });
    expect(resumed.stdout).toContain("Notes: notes\n");
  });

  it("shows its options in groups, with examples", async () => {
    const { code, stdout } = await holdfast(["import", "--help"], { cwd: newProject() });
    expect(code).toBe(0);
    for (const group of ["What is read:", "What is written:", "The model:", "Pace and retries:", "Examples:"]) {
      expect(stdout).toContain(`\n${group}\n`);
    }
  });

  variants([
    { name: "nothing at all", args: [], code: 1, says: "Get started:" },
    { name: "an import of nothing", args: ["import"], code: 1, says: "--help" },
    { name: "an import to nowhere", args: ["import", "chats"], code: 1, says: "holdfast import chats --out notes" },
    {
      name: "a file in place of the notes' folder",
      args: ["import", "chats", "--out", "file"],
      code: 74,
      says: "file",
    },
  ])("says how to go on after $name", async ({ args, code, says }) => {
    const cwd = newProject();
    writeClaudeExport(join(cwd, "chats"), 1);
    writeFileSync(join(cwd, "file"), "mine");
    const ran = await holdfast(args, { cwd });
    expect(ran).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(says) });
    expect(existsSync(join(cwd, ".holdfast/sessions"))).toBe(false);
    expect(read(cwd, "file")).toBe("mine");
  });

  it("takes no note for a chat when the notes are inside of the export", { tags: "soak" }, async () => {
    const cwd = newProject();
    writeClaudeExport(join(cwd, "chats"), 3);
    await holdfast(["import", "chats", "--out", "chats/notes"], { cwd });
    const again = await holdfast(["import", "chats", "--out", "chats/notes"], { cwd });
    expect(again.stdout).toContain("3 items: 3 skipped");
    expect(readdirSync(join(cwd, "chats/notes"))).toHaveLength(3);
  });
});
