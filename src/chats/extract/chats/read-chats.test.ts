import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { HoldfastError } from "../../../core/failure/errors.ts";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { chatgpt, claude } from "./fixtures/chats.ts";
import { type ReadChatsOptions, readChats } from "./index.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-chats-"));
});
afterEach(() => rm(folder, { recursive: true }));

const signal = AbortSignal.any([]);

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function zip(name: string, entries: Readonly<Record<string, unknown>>): Promise<string> {
  const packed = new ZipFile();
  for (const [entry, content] of Object.entries(entries))
    packed.addBuffer(Buffer.from(typeof content === "string" ? content : JSON.stringify(content)), entry);
  packed.end();
  const path = join(folder, name);
  await pipeline(packed.outputStream, createWriteStream(path));
  return path;
}

async function records(path: string, options?: ReadChatsOptions): Promise<SourceRecord<Conversation>[]> {
  const source = readChats(path, options);
  await source.check({ signal });
  const all: SourceRecord<Conversation>[] = [];
  for await (const record of source.read({ signal })) all.push(record);
  const [total, ...others] = all;
  expect(total, "the total comes first, and the numbers add up").toEqual({ kind: "total", count: others.length });
  return others;
}

async function told(path: string, options?: ReadChatsOptions): Promise<string[]> {
  return (await records(path, options)).map((record) => {
    if (record.kind === "total") return "total";
    return record.kind === "skipped" ? `skipped: ${record.reason}` : `${record.kind} ${record.itemId}`;
  });
}

async function refusal(path: string, options?: ReadChatsOptions): Promise<HoldfastError> {
  const error: unknown = await readChats(path, options)
    .check({ signal })
    .catch((error: unknown) => error);
  if (!(error instanceof HoldfastError)) throw new Error(`expected a HoldfastError, got ${String(error)}`);
  return error;
}

const OLDER = "skipped: a newer copy of this chat is in the same export";

describe("the service of a chat", () => {
  it("is told by its own fields, chat by chat, and never by a name", async () => {
    const path = await file("claude.json", [chatgpt("a"), claude("b"), chatgpt("c")]);
    expect(await told(path)).toEqual(["item chatgpt:a", "item claude:b", "item chatgpt:c"]);
  });

  it.each<[string, unknown]>([
    ["an array", [chatgpt("a")]],
    ["a wrapping object", { conversations: [chatgpt("a")] }],
    ["one chat", chatgpt("a")],
    ["a byte order mark", `\uFEFF${JSON.stringify([chatgpt("a")])}`],
  ])("is found in %s", async (_name, content) => {
    expect(await told(await file("x.json", content))).toEqual(["item chatgpt:a"]);
  });

  it("of an element that lost its messages is that of the others in the file", async () => {
    const path = await file("x.json", [{ id: "gone", title: "Gone" }, chatgpt("a")]);
    expect(await told(path)).toEqual(["broken x.json#0", "item chatgpt:a"]);
  });

  it("of an element that could be of two is not guessed", async () => {
    const path = await file("x.json", [claude("a", undefined, { mapping: {} })]);
    const error = await refusal(path);
    expect(error.message).toMatch(
      /`chat_messages` \(Claude\) or `mapping` \(ChatGPT\), found an object with the fields uuid/,
    );
    expect(error.hint).toEqual({ kind: "name_provider", providers: ["claude", "chatgpt"] });
    expect(await told(path, { from: "claude" })).toEqual(["item claude:a"]);
  });

  it("that the user names makes every other element a broken one", async () => {
    const path = await file("x.json", [claude("a"), chatgpt("b")]);
    expect(await told(path, { from: "claude" })).toEqual(["item claude:a", "broken x.json#1"]);
  });

  it("that the user names and no element has is not asked for again", async () => {
    const path = await file("x.json", [chatgpt("a")]);
    const error = await refusal(path, { from: "claude" });
    expect(error.message).toContain("expected conversations with the field `chat_messages` (Claude), found");
    expect(error.hint).toEqual({ kind: "name_provider", providers: ["chatgpt"] });
  });
});

describe("a zip", () => {
  it("with numbered parts gives all of them in order, the newest of several copies", async () => {
    const path = await zip("chatgpt.zip", {
      "conversations-010.json": [chatgpt("c"), chatgpt("a", 1_750_000_000)],
      "conversations-000.json": [chatgpt("a"), chatgpt("b")],
      "conversations-002.json": [chatgpt("b", 1_730_000_000), chatgpt("d")],
      "conversations.json.index": "0 1 2",
      "export_manifest.json": { export_files: [{ path: "conversations-000.json" }] },
      "group_chats.json": { chats: [] },
      "shared_conversations.json": [{ id: "s", conversation_id: "a", title: "A" }],
      "message_feedback.json": [],
      "user.json": { id: "u" },
      "chat.html": "<html></html>",
      "file-abc-conversations.json": [chatgpt("an upload")],
    });
    expect(await told(path)).toEqual([
      "skipped: group chats are not imported",
      OLDER,
      "item chatgpt:b",
      OLDER,
      "item chatgpt:d",
      "item chatgpt:c",
      "item chatgpt:a",
    ]);
  });

  it("with both services' chats gives both", async () => {
    const path = await zip("all.zip", {
      "a/conversations.json": [claude("a")],
      "b/conversations.json": [chatgpt("a")],
    });
    expect(await told(path)).toEqual(["item claude:a", "item chatgpt:a"]);
  });
});

describe("a folder", () => {
  it("with exports of several dates gives the newest copy of each chat", async () => {
    await zip("2026-02.zip", { "conversations.json": [claude("a", "2026-02-01T00:00:00Z"), claude("b")] });
    await zip("2026-01.zip", { "conversations.json": [claude("a", "2026-01-01T00:00:00Z"), claude("c")] });
    await file("2025/conversations.json", [claude("a", "2025-01-01T00:00:00Z")]);
    await zip("chatgpt.zip", { "conversations.json": [chatgpt("a")] });
    const found = await told(folder);
    expect(found.filter((line) => line === OLDER)).toHaveLength(2);
    expect(found.filter((line) => line !== OLDER).toSorted()).toEqual([
      "item chatgpt:a",
      "item claude:a",
      "item claude:b",
      "item claude:c",
    ]);
    const newest = (await records(folder)).find((record) => record.kind === "item" && record.itemId === "claude:a");
    expect(newest).toMatchObject({ sourcePath: expect.stringContaining("2026-02.zip") });
  });

  it("with wrong files in it names them and imports the others", async () => {
    await file("claude.json", [claude("a")]);
    await file("login.json", "<!doctype html><title>Log in</title>");
    await file("package.json", { name: "x" });
    await file("empty.json", []);
    await file("report.pdf", "%PDF");
    await file("projects/1.json", { uuid: "p", docs: [], prompt_template: "" });
    await file("projects/2.json", { uuid: "q", docs: [], prompt_template: "" });
    await file("cut.json", '[{"uuid":"1","chat_mess');
    await zip("photos.zip", { "a.txt": "a" });
    expect(await told(folder)).toEqual([
      "skipped: left alone: photos.zip holds no chats",
      "skipped: projects are not imported",
      "skipped: left alone: report.pdf is neither a zip file nor JSON",
      expect.stringMatching(/^skipped: left alone: login\.json looks like an HTML page/),
      "skipped: left alone: empty.json holds no chats, found no element",
      "skipped: left alone: package.json holds no chats, found an object with the fields name",
      "broken cut.json",
      "item claude:a",
    ]);
  });

  it("of many downloads names some of the files that it left alone, and counts the others", async () => {
    await file("conversations.json", [claude("a")]);
    for (let n = 0; n < 30; n++) await file(`report-${n}.pdf`, "%PDF");
    const found = await told(folder);
    expect(found).toHaveLength(17);
    expect(found[15]).toBe("skipped: left alone: 15 other files that hold no chats");
  });

  it("with a zip that is cut off keeps that as a failure beside what was read", async () => {
    await file("conversations.json", [claude("a")]);
    await file("older.zip", "PK\u0003\u0004 and no more");
    expect(await told(folder)).toEqual(["broken older.zip", "item claude:a"]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      "empty exports alone",
      { "conversations.json": [], "b/conversations.json": { conversations: [] } },
      /holds no conversations\.$/,
    ],
    ["an unknown kind alone", { "x.json": [{ a: 1 }] }, /found an object with the fields a \(the first of 1\)/],
    ["a login page alone", { "conversations.json": "<html>" }, /conversations\.json looks like an HTML page/],
    ["nothing", {}, /found nothing\.$/],
  ])("with %s is refused", async (_name, files, says) => {
    for (const [name, content] of Object.entries(files)) await file(name, content);
    expect((await refusal(folder)).message).toMatch(says);
  });
});

describe("Markdown", () => {
  it("is read where there are no chats", async () => {
    await file("package.json", { name: "x" });
    await file("kelp.md", "Kelp");
    expect(await told(folder)).toEqual([expect.stringMatching(/^item markdown:holdfast-chats-.*\/kelp\.md$/)]);
  });

  it("beside chats is left alone, until it is asked for", async () => {
    await file("conversations.json", [claude("a")]);
    await file("kelp.md", "Kelp");
    await file("sea.md", "Sea");
    expect(await told(folder)).toEqual([
      "skipped: Markdown files beside chats are not imported with them; import those with `from` set to markdown",
      "item claude:a",
    ]);
    expect(await told(folder, { from: "markdown" })).toHaveLength(2);
  });

  it("never hides an export that is damaged", async () => {
    await file("kelp.md", "Kelp");
    await file("older.zip", "PK\u0003\u0004 and no more");
    expect((await refusal(folder)).message).toMatch(/older\.zip .*its end is missing/);
  });

  it("of a vault is read only when asked for", async () => {
    await file(".obsidian/app.json", {});
    await file("kelp.md", "Kelp");
    expect((await refusal(folder)).hint).toEqual({ kind: "import_documents" });
    expect(await told(folder, { from: "markdown" })).toHaveLength(1);
  });

  it("in the folder that notes go to is no document", async () => {
    await file("notes/kelp.md", "Kelp");
    expect((await refusal(folder, { except: join(folder, "notes") })).message).toMatch(/holds no chat export/);
  });

  it("of a Jekyll blog is told by its settings or its posts", async () => {
    await file("_posts/2025-01-31-kelp.md", "---\n---\nKelp");
    await file("package.json", { name: "x" });
    expect(await told(folder)).toEqual([expect.stringMatching(/^item jekyll:/)]);
    await rm(join(folder, "_posts"), { recursive: true });
    await file("_config.yml", "");
    await file("about.md", "---\n---\nMe");
    expect(await told(folder)).toEqual([expect.stringMatching(/^item jekyll:.*about\.md$/)]);
  });
});

it("keeps what nobody knows in a chat with the item, and nothing that was said", async () => {
  const content = [
    { type: "hologram", depth: 3, data: "a secret", more: null },
    { type: "hologram", depth: "deep" },
  ];
  const path = await file("x.json", [
    claude("a", undefined, { chat_messages: [{ sender: "human", text: "", content }] }),
  ]);
  const [record] = await records(path);
  expect(record).toMatchObject({
    metadata: {
      drift: {
        service: "claude",
        contentTypes: { hologram: 2 },
        shapes: { hologram: { type: "string", depth: "number or string", data: "string", more: "null" } },
      },
    },
  });
});
