import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type CallBody } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn } from "./holdfast.ts";
import { variants } from "../variants.ts";

const promptOf = (body: CallBody | undefined): string =>
  (body?.messages ?? []).map(({ content }) => content).join("\n");

const noteIn = (cwd: string): string => {
  const [name = ""] = readdirSync(join(cwd, "notes"));
  return readFileSync(join(cwd, "notes", name), "utf8");
};

function newChat(): string {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), 1);
  return cwd;
}

const importing = (url: string, ...more: readonly string[]): readonly string[] =>
  `import chats --out notes --llm ollama:llama3.2 --ollama-url ${url}`.split(" ").concat(more);

describe("prompts of one's own", () => {
  it("are written out to edit, used, and named in the note; a resume knows when they have changed", async () => {
    await using server = await startFakeOllama();
    const cwd = newChat();
    const wrote = await holdfast(["prompts", "mine"], { cwd });
    expect(wrote.stdout).toContain("note.md");
    const path = join(cwd, "mine/note.md");
    writeFileSync(path, `Be brief.\n${readFileSync(path, "utf8")}`);
    const ran = await holdfast(importing(server.url, "--prompts", "mine"), { cwd });
    expect(ran.code).toBe(0);
    expect(promptOf(server.calls[0]?.body)).toContain("Be brief.\nWrite a note");
    expect(noteIn(cwd)).toMatch(/^prompt_version: 2 with own note \([0-9a-f]{8}\)$/m);
    expect((await holdfast(["resume", sessionIdIn(ran)], { cwd })).code).toBe(0);
    writeFileSync(path, `Be long.\n${readFileSync(path, "utf8")}`);
    const changed = await holdfast(["resume", sessionIdIn(ran)], { cwd });
    expect(changed.code).not.toBe(0);
    expect(changed.stderr).toContain("started with different steps");
  });

  variants([
    ["notes.md", "Hello", "notes.md is not a prompt"],
    ["note.md", "{conversation} {form} {lenght}", "the placeholder {lenght}"],
  ])("are refused before anything begins when %s cannot be used", async (name, text, message) => {
    const cwd = newChat();
    await holdfast(["prompts", "mine"], { cwd });
    writeFileSync(join(cwd, "mine", name), text);
    const ran = await holdfast(["import", "chats", "--out", "notes", "--prompts", "mine"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});

describe("how a note is asked for", () => {
  it("says the language, and sends a JSON Schema when the answer is to be JSON", async () => {
    const answer = JSON.stringify({
      title: "Kelp",
      summary: "昆布の話です。",
      tags: ["kelp"],
      content:
        "昆布は付着根で岩につかまっています。嵐が来ても、岩そのものが壊れないかぎり、昆布が流されることはありません。",
    });
    await using server = await startFakeOllama({ answer: () => answer });
    const cwd = newChat();
    const ran = await holdfast(importing(server.url, "--language", "Japanese", "--answer", "json"), { cwd });
    expect(ran.code).toBe(0);
    expect(server.calls).toHaveLength(1);
    expect(promptOf(server.calls[0]?.body)).toContain("Write in Japanese.");
    expect(server.calls[0]?.body.format).toMatchObject({
      type: "object",
      required: ["title", "summary", "tags", "content"],
    });
    expect(noteIn(cwd)).toContain("昆布は付着根で");
  });

  it(
    "sends a note in another language to review after one more try, with the reason and the original",
    { tags: "soak" },
    async () => {
      await using server = await startFakeOllama();
      const cwd = newChat();
      const ran = await holdfast(importing(server.url, "--language", "Japanese", "--min-wait", "0.01"), { cwd });
      expect(ran.code).toBe(0);
      expect(server.calls).toHaveLength(2);
      expect(promptOf(server.calls[1]?.body)).toContain("It was written in English: write it in Japanese.");
      const [name = ""] = readdirSync(join(cwd, "notes/review"));
      const note = readFileSync(join(cwd, "notes/review", name), "utf8");
      expect(note).toMatch(/^review_reason: .*the note is in English, and Japanese was asked for/m);
      expect(note).toContain("## Original conversation\n\n**User**\n\nWhat should I know about");
    },
  );
});
