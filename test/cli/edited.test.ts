import { appendFileSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** A project with one chat, which can grow, and its note, which can be edited. */
async function chatWithNote(server: FakeOllama) {
  const cwd = newProject();
  mkdirSync(join(cwd, "chats"));
  const chat = conversation(0) as { chat_messages: object[] };
  const save = (): void => writeFileSync(join(cwd, "chats/conversations.json"), JSON.stringify([chat]));
  save();
  const importChats = (...flags: readonly string[]): Promise<Finished> => {
    const args = ["import", "chats", "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
    return holdfast([...args, ...flags], { cwd });
  };
  await importChats();
  const [note = ""] = readdirSync(join(cwd, "notes"));
  return {
    cwd,
    note,
    importChats,
    files: () => readdirSync(join(cwd, "notes")).toSorted(),
    read: (name: string) => readFileSync(join(cwd, "notes", name), "utf8"),
    edit: () => appendFileSync(join(cwd, "notes", note), "\nMy own words.\n"),
    grow: () => {
      const text = `And what about question ${chat.chat_messages.length}?`;
      chat.chat_messages.push({ uuid: text, sender: "human", text, content: [{ type: "text", text }] });
      save();
    },
  };
}

const beside = (note: string, what: string): string => note.replace(/\.md$/, ` (${what}).md`);

describe("a note that was edited, when its chat has grown", () => {
  it("is kept, and the model is never asked for what would not be written", async () => {
    await using server = await startFakeOllama();
    const { importChats, edit, grow, read, files, note } = await chatWithNote(server);
    expect(server.calls).toHaveLength(1);
    edit();
    grow();
    for (let round = 0; round < 2; round += 1) {
      const ran = await importChats();
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("1 item: 1 skipped") });
      expect(ran.stdout).toContain("skipped: 1 x edited by you, kept as it is");
    }
    expect(server.calls).toHaveLength(1);
    expect(files()).toEqual([note]);
    expect(read(note)).toContain("My own words.");
  });

  it("gets a sibling with --on-edited sibling, and no second one for the same content", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { importChats, edit, grow, read, files, note } = await chatWithNote(server);
    edit();
    grow();
    expect((await importChats("--on-edited", "sibling")).stdout).toContain("1 item: 1 completed");
    expect(files()).toEqual([beside(note, "new"), note].toSorted());
    expect(read(note)).toContain("My own words.");
    expect(server.calls).toHaveLength(2);

    const again = await importChats("--on-edited", "sibling");
    expect(again.stdout).toContain("the newer version is already beside it");
    expect(server.calls).toHaveLength(2);
    grow();
    await importChats("--on-edited", "sibling");
    expect(files()).toHaveLength(2);
    expect(server.calls).toHaveLength(3);
  });

  it("makes way with --on-edited overwrite, and the user's version stays beside it", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { importChats, edit, grow, read, files, note } = await chatWithNote(server);
    edit();
    grow();
    expect((await importChats("--on-edited", "overwrite")).stdout).toContain("1 item: 1 completed");
    expect(files()).toEqual([beside(note, "your version"), note].toSorted());
    expect(read(note)).not.toContain("My own words.");
    expect(read(beside(note, "your version"))).toContain("My own words.");
    expect((await importChats("--on-edited", "overwrite")).stdout).toContain("unchanged since the last import");
    expect(server.calls).toHaveLength(2);
  });

  it("is treated in a resumed session as the session began with", { tags: "soak" }, async () => {
    await using server = await startFakeOllama({ faults: (n) => (n === 2 ? "cloud_usage_limit" : undefined) });
    const { cwd, importChats, edit, grow, files, note } = await chatWithNote(server);
    edit();
    grow();
    const stopped = await importChats("--on-edited", "sibling");
    const id = /\d{8}_\d{6}(?:_\d+)?/.exec(stopped.stdout)?.[0] ?? "";
    expect(await holdfast(["resume", id], { cwd })).toMatchObject({ code: 0 });
    expect(files()).toEqual([beside(note, "new"), note].toSorted());
  });

  variants(["merge", ""])("is not treated by --on-edited %j", async (how) => {
    const ran = await holdfast(["import", "chats", "--out", "notes", "--on-edited", how], { cwd: newProject() });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("keep, sibling, overwrite") });
  });
});

describe("an import into a folder that is a symbolic link", () => {
  it("knows its notes again, by whichever name", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { cwd, importChats } = await chatWithNote(server);
    symlinkSync(join(cwd, "notes"), join(cwd, "link"));
    const ran = await importChats("--out", "link");
    expect(ran.stdout).toContain("1 item: 1 skipped");
    expect(server.calls).toHaveLength(1);
  });
});
