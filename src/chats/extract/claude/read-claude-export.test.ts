import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { HoldfastError } from "../../../core/failure/errors.ts";
import type { SourceRecord } from "../../../core/pipeline/source.ts";
import type { Conversation } from "../../conversation.ts";
import { readClaudeExport } from "./index.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holdfast-claude-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const signal = AbortSignal.any([]);
const UUID = "3f0e8a52-7c1d-4d6b-9b1e-0c5a2f7d8e91";

const chat = (uuid: string, fields: object = {}): object => ({
  uuid,
  name: `Chat ${uuid}`,
  created_at: "2025-03-01T10:00:00Z",
  updated_at: "2025-03-01T11:00:00Z",
  chat_messages: [
    {
      uuid: "1",
      sender: "human",
      text: "How hot is green tea?",
      content: [{ type: "text", text: "How hot is green tea?" }],
    },
    { uuid: "2", sender: "assistant", text: "80 °C.", content: [{ type: "text", text: "80 °C." }] },
  ],
  ...fields,
});

async function file(content: unknown, name = "conversations.json"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function records(path: string): Promise<SourceRecord<Conversation>[]> {
  const all: SourceRecord<Conversation>[] = [];
  for await (const record of readClaudeExport(path).read({ signal })) all.push(record);
  const [total, ...others] = all;
  expect(total, "the total comes first, and the numbers add up").toEqual({ kind: "total", count: others.length });
  const ids = others.map((record) => (record.kind === "total" ? "" : record.itemId));
  expect(new Set(ids).size, "ids are unique").toBe(ids.length);
  return others;
}

const summary = (found: readonly SourceRecord<Conversation>[]): string[] =>
  found.map((record) => (record.kind === "total" ? "total" : `${record.kind} ${record.itemId}`));

async function refusal(path: string): Promise<HoldfastError> {
  const error: unknown = await readClaudeExport(path)
    .check({ signal })
    .catch((error: unknown) => error);
  if (!(error instanceof HoldfastError)) throw new Error(`expected a HoldfastError, got ${String(error)}`);
  return error;
}

describe("a conversation", () => {
  it("has everything a note may need", async () => {
    const [record] = await records(await file([chat(UUID, { name: " Tea ", summary: "s", account: { uuid: "a" } })]));
    expect(record).toEqual({
      kind: "item",
      itemId: `claude:${UUID}`,
      sourcePath: `${join(folder, "conversations.json")}#0`,
      content: {
        provider: "claude",
        id: UUID,
        title: "Tea",
        createdAt: "2025-03-01T10:00:00.000Z",
        updatedAt: "2025-03-01T11:00:00.000Z",
        url: `https://claude.ai/chat/${UUID}`,
        messages: [
          { role: "user", text: "How hot is green tea?", attachments: [] },
          { role: "assistant", text: "80 °C.", attachments: [] },
        ],
        artifacts: [],
        unknownBlocks: {},
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it("has a content hash that changes when the chat grows, and not when it is opened", async () => {
    const hash = async (fields: object): Promise<string> => {
      const [record] = await records(await file([chat("a", fields)]));
      return record?.kind === "item" ? record.content.contentHash : "";
    };
    const before = await hash({});
    expect(await hash({ updated_at: "2026-01-01T00:00:00Z", is_starred: true })).toBe(before);
    expect(await hash({ chat_messages: [{ sender: "human", text: "More" }] })).not.toBe(before);
  });

  it("without messages is an item, for a filter to count", async () => {
    const [record] = await records(await file([chat("a", { chat_messages: [] })]));
    expect(record).toMatchObject({ kind: "item", content: { messages: [] } });
  });

  it("without a uuid is known by its beginning, wherever it stands and however it grows", async () => {
    const hello = { sender: "human", text: "Hello" };
    const nameless = chat("", { created_at: "2026-01-01T10:00:00Z", chat_messages: [hello] });
    const other = chat("b", { uuid: 7, created_at: "2026-01-02T10:00:00Z" });
    const [first, second] = summary(await records(await file([nameless, other])));
    expect(first).toMatch(/^item claude:without-id#[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    const grown = { ...nameless, chat_messages: [hello, { sender: "human", text: "More" }] };
    expect(summary(await records(await file([chat("a"), other, grown])))).toEqual(["item claude:a", second, first]);
  });

  it("without a uuid and a time has its place for an id", async () => {
    const found = await records(await file([chat("a"), chat("", { created_at: null })]));
    expect(summary(found)).toEqual(["item claude:a", "item claude:conversations.json#1"]);
  });

  it.each([["no date"], [undefined], [17]])(
    "created at %j has the date of its first message with one, and says so",
    async (created_at) => {
      const chat_messages = [
        { sender: "human", text: "How hot?", created_at: "never" },
        { sender: "assistant", text: "80 °C.", created_at: "2025-04-02T08:00:00Z" },
      ];
      const [record] = await records(await file([chat("a", { created_at, chat_messages })]));
      expect(record).toMatchObject({
        metadata: { datedByMessage: 1 },
        content: { createdAt: "2025-04-02T08:00:00.000Z" },
      });
    },
  );

  it("follows the current branch and counts the others", async () => {
    const messages = [
      { uuid: "1", parent_message_uuid: "00000000-0000-4000-8000-000000000000", sender: "human", text: "Q" },
      { uuid: "2", parent_message_uuid: "1", sender: "assistant", text: "A first" },
      { uuid: "3", parent_message_uuid: "1", sender: "assistant", text: "A again" },
    ];
    const [record] = await records(
      await file([chat("a", { chat_messages: messages, current_leaf_message_uuid: "2" })]),
    );
    expect(record).toMatchObject({
      metadata: { otherBranches: 1 },
      content: { messages: [{ text: "Q" }, { text: "A first" }] },
    });
  });

  it("drops messages that say nothing and counts what is no message", async () => {
    const messages = [
      { sender: "assistant", content: [{ type: "thinking", thinking: "Hm." }] },
      null,
      "odd",
      { sender: "human", text: "Hi" },
    ];
    const [record] = await records(await file([chat("a", { chat_messages: messages })]));
    expect(record).toMatchObject({ content: { messages: [{ text: "Hi" }], unknownBlocks: { "(not a message)": 2 } } });
  });
});

describe("a broken conversation costs only itself", () => {
  it.each<[string, string, RegExp]>([
    ["not JSON", '{"uuid": oops}', /^Conversation conversations\.json#1 is not JSON: .*The others are not affected/],
    ["not an object", '"a text"', /is not an object/],
    ["without messages", '{"uuid":"x","name":"n"}', /has no messages: expected an array in `chat_messages`/],
    ["with messages that are no array", '{"uuid":"x","chat_messages":{}}', /has no messages/],
  ])("when it is %s", async (_name, element, says) => {
    const found = await records(await file(`[${JSON.stringify(chat("a"))}, ${element}, ${JSON.stringify(chat("b"))}]`));
    expect(summary(found)).toEqual(["item claude:a", "broken conversations.json#1", "item claude:b"]);
    expect(found[1]).toMatchObject({ sourcePath: `${join(folder, "conversations.json")}#1`, input: element });
    expect(found[1]?.kind === "broken" && found[1].error.message).toMatch(says);
  });

  it("when the text ends in the middle of it", async () => {
    const text = JSON.stringify([chat("a"), chat("b")]);
    const found = await records(await file(text.slice(0, -100)));
    expect(summary(found)).toEqual(["item claude:a", "broken conversations.json#1"]);
    expect(found[1]?.kind === "broken" && found[1].error.message).toMatch(
      /is cut: the text ends at byte \d+, in the middle of it/,
    );
  });
});

describe("copies of a conversation", () => {
  it("are skipped but for the one changed last", async () => {
    const copies = ["2025-01-01", "2025-03-01", "2025-02-01"].map((updated_at) => chat("a", { updated_at }));
    const found = await records(await file([...copies, chat("b")]));
    expect(summary(found)).toEqual(["skipped claude:a#0", "item claude:a", "skipped claude:a#2", "item claude:b"]);
    expect(found[0]).toMatchObject({ sourcePath: expect.stringMatching(/conversations\.json#0$/) });
  });

  it("are skipped with one and the same reason, so that a summary can count them", async () => {
    const found = await records(await file([chat("a"), chat("b"), chat("b"), chat("a")]));
    const reasons = found.flatMap((record) => (record.kind === "skipped" ? [record.reason] : []));
    expect(reasons).toEqual(Array(2).fill("a newer copy of this chat is in the same export"));
  });

  it("changed at the same time are skipped but for the last", async () => {
    expect(summary(await records(await file([chat("a"), chat("a")])))).toEqual(["skipped claude:a#0", "item claude:a"]);
  });

  it("are found across the files of one zip", async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(JSON.stringify([chat("b"), chat("a")])), "conversations-001.json");
    zip.addBuffer(Buffer.from(JSON.stringify([chat("a"), 7])), "conversations-000.json");
    zip.end();
    const path = join(folder, "export.zip");
    await pipeline(zip.outputStream, createWriteStream(path));
    const found = await records(path);
    expect(summary(found)).toEqual([
      "skipped claude:a#conversations-000.json#0",
      "broken conversations-000.json#1",
      "item claude:b",
      "item claude:a",
    ]);
    expect(found[3]).toMatchObject({ sourcePath: `${path}/conversations-001.json#1` });
  });
});

describe("the check before a run", () => {
  it("names what was read, by size and sha256", async () => {
    const path = await file('[{"chat_messages":[]}]');
    expect(await readClaudeExport(relative(process.cwd(), path)).check({ signal })).toEqual([
      { path, bytes: 22, sha256: "159371146067b19fe9865a0ab001e673086eb1295f5359a029fde6f9cbeae05e" },
    ]);
  });

  it.each([
    ["a single conversation", chat("a")],
    ["a wrapping object", { conversations: [chat("a")] }],
    ["an export that begins with something else", [null, { odd: 1 }, chat("a")]],
  ])("takes %s", async (_name, content) => {
    await expect(readClaudeExport(await file(content)).check({ signal })).resolves.toHaveLength(1);
  });

  it.each<[string, unknown, RegExp]>([
    ["a ChatGPT export", [{ id: "1", mapping: {} }], /is a ChatGPT export, but you asked for Claude chats\.$/],
    ["an empty array", [], /conversations\.json holds no conversations\.$/],
    ["an empty wrapped array", { conversations: [] }, /holds no conversations\.$/],
    [
      "users",
      [{ uuid: "1", full_name: "A" }],
      /expected conversations with the field `chat_messages` \(Claude\), found an object with the fields uuid, full_name \(the first of 1\)/,
    ],
    ["an error page's JSON", { error: "not found" }, /found an object with the fields error/],
    ["an empty object", {}, /found an object without fields/],
    ["numbers", [1, 2], /found a number \(the first of 2\)/],
    ["nested arrays", [[chat("a")]], /found an array/],
    [
      "JSON cut in the first conversation",
      '[{"uuid":"1","chat_mess',
      /found an element that is cut: the text ends at byte 23/,
    ],
  ])("refuses %s and says what was found", async (_name, content, says) => {
    const error = await refusal(await file(content));
    expect(error.code).toBe("input_malformed");
    expect(error.message).toMatch(says);
    expect(error.hint).toBeTruthy();
  });

  it("never shows what is in a field", async () => {
    expect((await refusal(await file([{ email: "someone@example.org" }]))).message).not.toMatch(/someone/);
  });
});

it("stops reading when the run is cancelled", async () => {
  const cancel = new AbortController();
  const source = readClaudeExport(await file([chat("a"), chat("b")]));
  const reading = source.read({ signal: cancel.signal })[Symbol.asyncIterator]();
  await reading.next();
  cancel.abort(new Error("enough"));
  await expect(reading.next()).rejects.toThrow("enough");
});
