import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import type { Fields } from "../../../stages/extract/input/json-fields.ts";
import { chain, conversation, longConversation, message } from "./fixtures/build.ts";
import { type ParseOptions, readChatGptExport } from "./index.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-chatgpt-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const signal = AbortSignal.any([]);
const QUESTION = chain([{ text: "How hot?" }, { role: "assistant", text: "80 °C." }]);
const chat = (id: string, fields: Fields = {}): Fields =>
  conversation(QUESTION, { id, conversation_id: id, ...fields });

async function file(content: unknown, name = "conversations.json"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function records(path: string, options?: ParseOptions): Promise<SourceRecord<Conversation>[]> {
  const source = readChatGptExport(path, options);
  await source.check({ signal });
  const all: SourceRecord<Conversation>[] = [];
  for await (const record of source.read({ signal })) if (record.kind !== "total") all.push(record);
  return all;
}

const summary = (found: readonly SourceRecord<Conversation>[]): string[] =>
  found.map((record) => (record.kind === "total" ? "total" : `${record.kind} ${record.itemId}`));

describe("an export", () => {
  it.each<[string, unknown]>([
    ["an array", [chat("a"), chat("b")]],
    ["an array after a byte order mark", `\uFEFF${JSON.stringify([chat("a"), chat("b")])}`],
    ["wrapped", { conversations: [chat("a"), chat("b")] }],
    ["wrapped with something before", { exported_by: "a tool", conversations: [chat("a"), chat("b")] }],
  ])("may be %s", async (_name, content) => {
    expect(summary(await records(await file(content)))).toEqual(["item chatgpt:a", "item chatgpt:b"]);
  });

  it("may be a single conversation, as the page loads it", async () => {
    const { id: _id, ...captured } = chat("a");
    const [record] = await records(await file(captured, "capture.json"));
    expect(record).toMatchObject({
      itemId: "chatgpt:a",
      content: { url: "https://chatgpt.com/c/a", messages: [{ text: "How hot?" }, { text: "80 °C." }] },
    });
  });

  it("may be a zip of numbered parts beside other files, in which copies are found", async () => {
    const zip = new ZipFile();
    const add = (name: string, content: unknown): void => zip.addBuffer(Buffer.from(JSON.stringify(content)), name);
    add("user.json", { id: "user-1", email: "someone@example.org" });
    add("conversations-001.json", [chat("b"), chat("a", { update_time: 1_760_000_000 })]);
    add("conversations-000.json", [chat("a"), chat("c")]);
    add("message_feedback.json", []);
    zip.addBuffer(Buffer.from("<html></html>"), "chat.html");
    zip.end();
    const path = join(folder, "export.zip");
    await pipeline(zip.outputStream, createWriteStream(path));
    expect(summary(await records(path))).toEqual([
      "skipped chatgpt:a#conversations-000.json#0",
      "item chatgpt:c",
      "item chatgpt:b",
      "item chatgpt:a",
    ]);
  });

  it("may be the folder that the zip was unpacked to", async () => {
    const unpacked = join(folder, "export");
    await mkdir(unpacked);
    await writeFile(join(unpacked, "conversations-000.json"), JSON.stringify([chat("a")]));
    await writeFile(join(unpacked, "conversations-001.json"), JSON.stringify([chat("b")]));
    await writeFile(join(unpacked, "user.json"), "{}");
    expect(summary(await records(unpacked))).toEqual(["item chatgpt:a", "item chatgpt:b"]);
  });

  it("holds conversations with either name of the id, and without one", async () => {
    const content = [chat("a", { id: null }), chat("b", { conversation_id: undefined }), chat("", { id: 7 })];
    expect(summary(await records(await file(content)))).toEqual([
      "item chatgpt:a",
      "item chatgpt:b",
      expect.stringMatching(/^item chatgpt:without-id#[0-9a-f]{12}$/),
    ]);
  });

  it("is read with all branches when asked to", async () => {
    const answer = (text: string, n: number) => ({
      parent: "n0",
      children: [],
      message: message({ role: "assistant", text }, n),
    });
    const mapping = { ...chain([{ text: "Tea?" }]), one: answer("Green.", 1), two: answer("Black.", 2) };
    const path = await file([conversation(mapping)]);
    const lengths = async (options: ParseOptions): Promise<number[]> =>
      (await records(path, options)).map((record) => (record.kind === "item" ? record.content.messages.length : 0));
    expect(await lengths({ branches: "current" })).toEqual([2]);
    expect(await lengths({ branches: "all" })).toEqual([3]);
  });

  it("may hold a chat of 300,000 characters", async () => {
    const [record] = await records(await file([longConversation(300_000, 90)]));
    const messages = record?.kind === "item" ? record.content.messages : [];
    expect(messages.map(({ text }) => text).join("").length).toBeGreaterThan(300_000);
    expect(messages.at(-1)?.text).toMatch(/const steep89 = 120;\n```$/);
  });
});

describe("a broken conversation costs only itself", () => {
  it.each<[string, unknown, RegExp]>([
    [
      "without a mapping",
      { ...chat("x"), mapping: undefined },
      /conversations\.json#1 has no messages: expected an object in `mapping`/,
    ],
    ["with a mapping that is null", { ...chat("x"), mapping: null }, /has no messages/],
    [
      "whose current branch leads past its messages",
      { ...chat("x"), current_node: "client-created-root" },
      /shows no message on its current branch, though other branches hold 2/,
    ],
    ["that is a text", "odd", /is not an object/],
  ])("when it is one %s", async (_name, element, says) => {
    const found = await records(await file([chat("a"), element, chat("b")]));
    expect(summary(found)).toEqual(["item chatgpt:a", "broken conversations.json#1", "item chatgpt:b"]);
    expect(found[1]?.kind === "broken" && found[1].error.message).toMatch(says);
  });
});

describe("what nobody knows", () => {
  it("is counted in the item's metadata, without a word of the chat", async () => {
    const odd = chain([
      { text: "My secret is tea." },
      { role: "assistant", content: { content_type: "hologram", text: "Your secret is safe." } },
      { role: "assistant", content: { content_type: "my secret type", text: "x" } },
      { role: "assistant", recipient: "kettle.boil", text: "{}" },
      { role: "critic", text: "Bitter.", fields: { create_time: [] } },
    ]);
    const [record] = await records(await file([conversation(odd)]));
    const drift = record?.kind === "item" ? record.metadata?.["drift"] : undefined;
    expect(drift).toMatchObject({
      contentTypes: { hologram: 1, "(not a name)": 1 },
      roles: { critic: 1 },
      recipients: { "kettle.boil": 1 },
      fields: { "message.create_time is an array": 1 },
    });
    expect(JSON.stringify(drift)).not.toMatch(/secret|Bitter/);
  });
});
