import { createWriteStream, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ZipFile } from "yazl";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** A ChatGPT conversation in the real format; `n` decides all of it. */
function chatgpt(n: number, fields: object = {}): object {
  const at = 1_767_000_000 + n * 1_000;
  const node = (id: string, parent: string | null, child: string | null, message: object | null): object => ({
    id,
    parent,
    children: child === null ? [] : [child],
    message,
  });
  const message = (id: string, role: string, text: string): object => ({
    id,
    author: { role, name: null, metadata: {} },
    create_time: at,
    update_time: null,
    content: { content_type: "text", parts: [text] },
    status: "finished_successfully",
    end_turn: true,
    weight: 1,
    metadata: {},
    recipient: "all",
    channel: null,
  });
  const id = `68a00000-0000-8000-8000-${String(n).padStart(12, "0")}`;
  return {
    id,
    conversation_id: id,
    title: `Tide table ${n}`,
    create_time: at,
    update_time: at,
    current_node: "d",
    mapping: {
      a: node("a", null, "b", null),
      b: node("b", "a", "c", message("b", "user", `When is high tide number ${n}?`)),
      c: node("c", "b", "d", message("c", "assistant", `High tide ${n} follows the moon by some hours.`)),
      d: node("d", "c", null, message("d", "user", `Thanks, I will go out before tide ${n}.`)),
    },
    ...fields,
  };
}

type Files = Readonly<Record<string, unknown>>;

const textOf = (content: unknown): string => (typeof content === "string" ? content : JSON.stringify(content));

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), textOf(content));
  }
}

async function zip(folder: string, name: string, entries: Files): Promise<void> {
  const file = new ZipFile();
  for (const [entry, content] of Object.entries(entries)) file.addBuffer(Buffer.from(textOf(content)), entry);
  file.end();
  mkdirSync(folder, { recursive: true });
  await pipeline(file.outputStream, createWriteStream(join(folder, name)));
}

const importing = (cwd: string, path: string, ...flags: readonly string[]): Promise<Finished> =>
  holdfast(["import", path, "--out", "notes", ...flags], { cwd });

/** Front matter of all notes, by their source's id. */
function notes(cwd: string): Readonly<Record<string, { readonly source: string; readonly tags?: readonly string[] }>> {
  const fields = readdirSync(join(cwd, "notes")).map((name) =>
    parse(/^---\n([\s\S]*?)\n---\n/.exec(readFileSync(join(cwd, "notes", name), "utf8"))?.[1] ?? ""),
  );
  return Object.fromEntries(fields.map((field) => [field.source_id, field]));
}

describe("holdfast import", () => {
  it("reads the numbered parts of a ChatGPT zip and takes nothing else in it for chats", async () => {
    const cwd = newProject();
    await zip(cwd, "chatgpt.zip", {
      "conversations-000.json": [chatgpt(1), chatgpt(2)],
      "conversations-001.json": [chatgpt(3), chatgpt(1)],
      "conversations.json.index": "000 001",
      "export_manifest.json": { files: ["conversations-000.json"] },
      "shared_conversations.json": [{ id: "s", conversation_id: "c", title: "Shared" }],
      "group_chats.json": { chats: [{ id: "g" }] },
      "user.json": { id: "u", email: "kim@example.org" },
      "chat.html": "<html></html>",
      "file-0001.dat": "image",
    });
    const ran = await importing(cwd, "chatgpt.zip");
    expect(ran.stdout).toContain("5 items: 3 completed, 2 skipped");
    expect(ran.stdout).toContain("a newer copy of this chat is in the same export");
    expect(ran.stdout).toContain("group chats are not imported");
    expect(Object.keys(notes(cwd))).toHaveLength(3);
  });

  it("imports both services' chats out of one folder, the newest copy of each", { tags: "soak" }, async () => {
    const cwd = newProject();
    await zip(join(cwd, "exports"), "2026-01.zip", { "conversations.json": [conversation(1), conversation(2)] });
    await zip(join(cwd, "exports"), "2026-02.zip", {
      "conversations.json": [{ ...conversation(1), updated_at: "2026-02-20T10:00:00Z", name: "Renamed" }],
      "users.json": [],
    });
    write(join(cwd, "exports"), { "gpt/conversations.json": [chatgpt(1)] });
    const ran = await importing(cwd, "exports");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 3 completed, 1 skipped") });
    expect(Object.values(notes(cwd)).map(({ source }) => source)).toEqual(
      expect.arrayContaining(["claude", "claude", "chatgpt"]),
    );
    expect(readdirSync(join(cwd, "notes")).some((name) => name.includes("Renamed"))).toBe(true);
  });

  it(
    "imports an export that came as a manifest and several zips, and says which of them is missing",
    { tags: "soak" },
    async () => {
      const cwd = newProject();
      const url = (n: number): string => `https://files.example.org/${n}?signature=SECRET`;
      const names = ["conversations-000.zip", "conversations-001.zip", "projects-000.zip", "memories.zip"];
      const manifest = "manifest-0f3c-2026-09-10-21-25-17.json";
      write(cwd, { [`bundle/${manifest}`]: { files: names.map((name, n) => ({ name, url: url(n) })) } });
      const bundle = join(cwd, "bundle");
      const none = await importing(cwd, `bundle/${manifest}`);
      expect(none.code).toBe(2);
      expect(none.stderr).toMatch(/conversations-000\.zip, conversations-001\.zip are not beside it/);
      expect(none.stderr).toContain("Download those files");

      await zip(bundle, "conversations-000.zip", { "conversations.json": [conversation(1)] });
      await zip(bundle, "projects-000.zip", {
        "projects/p1.json": { uuid: "p", name: "P", docs: [], prompt_template: "" },
        "projects/p2.json": { uuid: "q", name: "Q", docs: [], prompt_template: "" },
      });
      await zip(bundle, "memories.zip", { "memories.json": { conversations_memory: "Likes kelp." } });
      const half = await importing(cwd, "bundle");
      expect(half.code).toBe(4);
      expect(half.stdout).toContain("conversations-001.zip is not beside it");
      expect(half.stdout).toContain("projects are not imported");
      expect(half.stdout).toContain("memories are not imported");

      await zip(bundle, "conversations-001.zip", { "conversations.json": [conversation(2)] });
      const whole = await importing(cwd, `bundle/${manifest}`);
      expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 1 completed, 1 skipped") });
      for (const { stdout, stderr } of [none, half, whole]) expect(stdout + stderr).not.toContain("SECRET");
    },
  );

  it("names wrong files in the folder and imports the right ones", async () => {
    const cwd = newProject();
    write(join(cwd, "in"), {
      "conversations.json": [conversation(1)],
      "login.json": "<!doctype html><title>Log in</title>",
      "package.json": { name: "x", version: "1" },
      "report.pdf": "%PDF-1.7",
    });
    const ran = await importing(cwd, "in");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 1 completed, 3 skipped") });
    expect(ran.stdout).toContain("left alone: login.json looks like an HTML page");
    expect(ran.stdout).toContain(
      "left alone: package.json holds no chats, found an object with the fields name, version",
    );
    expect(ran.stdout).toContain("left alone: report.pdf is neither a zip file nor JSON");
  });

  it("counts a zip that is cut off as a failure beside what it could read", { tags: "soak" }, async () => {
    const cwd = newProject();
    await zip(join(cwd, "in"), "a.zip", { "conversations.json": [conversation(1)] });
    await zip(join(cwd, "in"), "b.zip", { "conversations.json": [conversation(2)] });
    truncateSync(join(cwd, "in/b.zip"), 60);
    const ran = await importing(cwd, "in");
    expect(ran).toMatchObject({ code: 4, stdout: expect.stringContaining("2 items: 1 completed, 1 failed") });
    expect(ran.stdout).toContain("b.zip");
  });

  variants<[string, Files, readonly string[]]>([
    [
      "exports without a conversation",
      { "conversations.json": [], "b.json": { conversations: [] } },
      ["holds no conversations"],
    ],
    [
      "JSON of an unknown kind",
      { "a.json": [{ a: 1 }] },
      ["chat_messages", "mapping", "fields a", "--from claude|chatgpt"],
    ],
    ["a vault", { ".obsidian/app.json": {}, "kelp.md": "Kelp" }, ["Obsidian vault", "--from markdown"]],
    ["an empty folder", { "sub/x.txt": "" }, ["holds no chat export"]],
  ])("refuses %s and says what to do", async (_name, files, says) => {
    const cwd = newProject();
    write(join(cwd, "in"), files);
    const ran = await importing(cwd, "in");
    expect(ran.code).toBe(2);
    for (const text of says) expect(ran.stderr).toContain(text);
  });

  it("takes what --from says, and keeps it for resume and retry", { tags: "soak" }, async () => {
    const cwd = newProject();
    write(cwd, { "x.json": [{ ...conversation(1), mapping: {} }, chatgpt(1)] });
    expect((await importing(cwd, "x.json")).stdout).toContain("item");
    const ran = await importing(cwd, "x.json", "--from", "claude", "--out", "other");
    expect(ran.stdout).toContain("2 items: 1 completed, 1 failed");
    const resumed = await holdfast(["resume", sessionIdIn(ran)], { cwd });
    expect(resumed.stdout).toContain("2 items: 1 completed, 1 failed");
    const wrong = await importing(cwd, "x.json", "--from", "slack");
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("claude, chatgpt, markdown, jekyll") });
  });

  it("reads the other branches of a chat with --branches all", { tags: "soak" }, async () => {
    const cwd = newProject();
    const { mapping } = chatgpt(1) as {
      mapping: Readonly<Record<string, { children: string[]; message: object | null }>>;
    };
    const other = {
      ...mapping["c"],
      id: "x",
      children: [],
      message: {
        ...mapping["c"]?.message,
        id: "x",
        content: { content_type: "text", parts: ["The sun moves it, too."] },
      },
    };
    const b = { ...mapping["b"], children: ["c", "x"] };
    write(cwd, { "x.json": [chatgpt(1, { mapping: { ...mapping, b, x: other } })] });
    const bodyOf = async (...flags: readonly string[]): Promise<string> => {
      await importing(cwd, "x.json", "--out", `notes-${flags.length}`, ...flags);
      const [name = ""] = readdirSync(join(cwd, `notes-${flags.length}`));
      return readFileSync(join(cwd, `notes-${flags.length}`, name), "utf8");
    };
    expect(await bodyOf()).not.toContain("The sun moves it");
    expect(await bodyOf("--branches", "all")).toContain("The sun moves it");
  });
});

describe("holdfast import of documents", () => {
  it("turns a Jekyll blog into notes, each body as it is, and filters what is not published with the reason", async () => {
    const cwd = newProject();
    const post = "## Storms\n\nKelp grips rock with a *holdfast*.\n\n- one\n- two\n";
    write(join(cwd, "blog"), {
      "_config.yml": "url: https://blog.example.org",
      "_posts/2025-01-31-kelp.md": `---\ntitle: Kelp\ntags: sea rock\nsummary: It grips.\n---\n\n${post}`,
      "_posts/2025-02-01-secret.md": "---\ntitle: Secret\npublished: false\n---\nNot for you.",
      "_drafts/idea.md": "---\ntitle: Idea\n---\nNot yet.",
      "_posts/2025-02-02-broken.md": "---\ntitle: [a\n---\nText",
      "README.md": "# Blog",
    });
    const ran = await importing(cwd, "blog");
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("5 items: 1 completed, 1 skipped, 2 filtered, 1 failed");
    for (const reason of ["published: false", "in the folder _drafts", "no front matter", "is not YAML"])
      expect(ran.stdout).toContain(reason);
    const [name = ""] = readdirSync(join(cwd, "notes"));
    const note = readFileSync(join(cwd, "notes", name), "utf8");
    expect(note).toContain(post.trim());
    expect(notes(cwd)["jekyll:blog/_posts/2025-01-31-kelp.md"]).toMatchObject({
      title: "Kelp",
      created: "2025-01-31T00:00:00.000Z",
      tags: ["sea", "rock"],
      summary: "It grips.",
      source: "jekyll",
      source_url: "https://blog.example.org/2025/01/31/kelp.html",
    });
  });

  it("never takes the notes that it wrote for documents", { tags: "soak" }, async () => {
    const cwd = newProject();
    write(join(cwd, "in"), { "kelp.md": "# Kelp\n\nIt holds on to rock in every storm." });
    const first = await holdfast(["import", "in", "--out", "in/notes"], { cwd });
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("1 item: 1 completed") });
    const again = await holdfast(["import", "in", "--out", "in/notes"], { cwd });
    expect(again.stdout).toContain("2 items: 2 skipped");
    expect(again.stdout).toContain("the folder that the notes go to is not read");
    const elsewhere = await holdfast(["import", "in", "--out", "notes"], { cwd });
    expect(elsewhere.stdout).toContain("a note that an import wrote");
    const same = await holdfast(["import", "in", "--out", "in"], { cwd });
    expect(same).toMatchObject({ code: 2, stderr: expect.stringContaining("also the folder that the notes go to") });
  });
});
