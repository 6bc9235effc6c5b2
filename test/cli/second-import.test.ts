import { appendFileSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomFaults, startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { chain, conversation as chatgptChat } from "../../src/chats/extract/chatgpt/fixtures/build.ts";
import { conversation as claudeChat, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** A service's export of chats that are told apart by their number; a grown one has a question more. */
interface Service {
  readonly name: string;
  readonly chat: (n: number, grown: boolean) => unknown;
}

const claude: Service = {
  name: "Claude",
  chat(n, grown) {
    const chat = claudeChat(n) as { chat_messages: object[] };
    const text = `And how deep is the water at place ${n}?`;
    const more = { uuid: `more-${n}`, sender: "human", text, content: [{ type: "text", text }] };
    return grown ? { ...chat, chat_messages: [...chat.chat_messages, more] } : chat;
  },
};

const chatgpt: Service = {
  name: "ChatGPT",
  chat(n, grown) {
    const said = [
      { role: "user", text: `How is tea number ${n} made?` },
      { role: "assistant", text: `Tea number ${n} wants water of 80 degrees and two minutes.` },
      { role: "user", text: `We decided to let it stand for three minutes in place ${n}.` },
      ...(grown ? [{ role: "assistant", text: "Then take less of the leaves." }] : []),
    ];
    const id = `6a0b1c2d-3e4f-8a5b-9c6d-${String(n).padStart(12, "0")}`;
    return chatgptChat(chain(said), { id, conversation_id: id, title: `Tea number ${n}` });
  },
};

function save(cwd: string, chats: readonly unknown[]): void {
  mkdirSync(join(cwd, "export"), { recursive: true });
  writeFileSync(join(cwd, "export/conversations.json"), JSON.stringify(chats));
}

const importing =
  (cwd: string, server: FakeOllama, path = "export") =>
  (...more: readonly string[]): Promise<Finished> =>
    holdfast(["import", path, "--out", "notes", "--llm", "ollama:llama3.2", ...more], {
      cwd,
      env: { OLLAMA_HOST: server.url },
    });

/** Text of each note by the number at the end of its source's id, and where it is. */
function notesOf(cwd: string): ReadonlyMap<number, { readonly file: string; readonly text: string }> {
  const notes = readdirSync(join(cwd, "notes")).map((name) => {
    const file = join(cwd, "notes", name);
    const text = readFileSync(file, "utf8");
    return [Number(/^source_id: \S*?(\d{1,6})$/m.exec(text)?.[1]), { file, text }] as const;
  });
  return new Map(notes);
}

describe.each([claude, chatgpt])("a second import of a $name export", ({ name, chat }) => {
  it(
    "asks the model for what is new and what has grown, and leaves the edited and the deleted alone",
    { tags: name === "Claude" ? [] : "soak" },
    async () => {
      await using server = await startFakeOllama();
      const cwd = newProject();
      const run = importing(cwd, server);
      const [unchanged, alsoUnchanged, grown, edited, editedAndGrown, deleted, added] = [0, 1, 2, 3, 4, 5, 6];
      save(
        cwd,
        [unchanged, alsoUnchanged, grown, edited, editedAndGrown, deleted].map((n) => chat(n, false)),
      );
      expect((await run()).stdout).toContain("6 items: 6 completed");
      expect(server.calls).toHaveLength(6);

      for (const n of [edited, editedAndGrown]) appendFileSync(notesOf(cwd).get(n)?.file ?? "", "\nMy own words.\n");
      const before = notesOf(cwd);
      save(
        cwd,
        [added, editedAndGrown, grown, unchanged, edited, alsoUnchanged].map((n) =>
          chat(n, n === grown || n === editedAndGrown),
        ),
      );
      const second = await run();
      expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("6 items: 2 completed, 4 skipped") });
      expect(second.stdout).toContain("completed: 1 new, 1 updated");
      expect(second.stdout).toContain("skipped: 1 x edited by you, kept as it is");
      expect(server.calls).toHaveLength(6 + 2);
      const asked = server.calls.slice(6).map(({ body }) => JSON.stringify(body));
      for (const n of [grown, added]) expect(asked.filter((text) => text.includes(`number ${n}`))).toHaveLength(1);

      const after = notesOf(cwd);
      expect([...after.keys()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      for (const n of [unchanged, alsoUnchanged, edited, editedAndGrown, deleted])
        expect(after.get(n)).toEqual(before.get(n));
      expect(after.get(grown)?.file).toBe(before.get(grown)?.file);
      expect(after.get(grown)?.text).not.toBe(before.get(grown)?.text);

      expect((await run()).stdout).toContain("6 items: 6 skipped");
      expect(server.calls).toHaveLength(6 + 2);
    },
  );
});

/** Exports in every form that people have, written into a folder; returns what of it is imported. */
const FORMS: readonly { readonly form: string; readonly write: (folder: string) => string }[] = [
  { form: "the shipped Claude example", write: () => join(root, "examples/claude-export") },
  { form: "the shipped ChatGPT example", write: () => join(root, "examples/chatgpt-export") },
  { form: "a Claude folder", write: (folder) => writeClaudeExport(folder, 9) },
  { form: "one Claude chat alone", write: (folder) => writeJson(folder, "chat.json", claude.chat(1, false)) },
  {
    form: "a wrapped ChatGPT file with a byte order mark",
    write: (folder) => writeJson(folder, "wrapped.json", { conversations: numbers(6) }, "\uFEFF"),
  },
  {
    form: "ChatGPT files in parts",
    write(folder) {
      for (const n of [0, 1]) writeJson(folder, `conversations-00${n}.json`, numbers(4, 4 * n));
      return folder;
    },
  },
  {
    form: "several exports in one folder",
    write(folder) {
      cpSync(join(root, "examples/chatgpt-export"), join(folder, "chatgpt"), { recursive: true });
      writeClaudeExport(join(folder, "claude"), 3);
      return folder;
    },
  },
  {
    form: "a folder of Markdown files",
    write(folder) {
      mkdirSync(folder, { recursive: true });
      for (const n of [1, 2, 3])
        writeFileSync(
          join(folder, `kelp-${n}.md`),
          `# Kelp ${n}\n\nKelp number ${n} grips the rock with a holdfast.\n`,
        );
      return folder;
    },
  },
];

const numbers = (count: number, from = 0): readonly unknown[] =>
  Array.from({ length: count }, (_, n) => chatgpt.chat(from + n, false));

function writeJson(folder: string, name: string, value: unknown, before = ""): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), before + JSON.stringify(value));
  return join(folder, name);
}

describe("an import at 20% faults of the model's server", () => {
  variants(FORMS)("completes $form", async ({ write }) => {
    await using server = await startFakeOllama({ faults: randomFaults({ rate: 0.2, seed: 7 }) });
    const cwd = newProject();
    const run = importing(cwd, server, write(join(cwd, "given")));
    const ran = await run("--max-attempts", "8", "--min-wait", "0.01", "--max-wait", "0.05", "--json");
    expect(ran).toMatchObject({ code: 0 });
    const { session } = JSON.parse(ran.stdout);
    expect(session).toMatchObject({ status: "completed", counts: { failed: 0, pending: 0, skipped: 0 } });
    expect(session.counts.completed + session.counts.review).toBeGreaterThan(0);
  });
});
