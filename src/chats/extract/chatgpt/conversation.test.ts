import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ParseOptions } from "../conversation-format.ts";
import { type Fields, isFields } from "../../../stages/extract/input/json-fields.ts";
import { parseChatGptConversation } from "./conversation.ts";
import { type DrawnMessage, CHAT_ID, chain, conversation, longConversation, message } from "./fixtures/build.ts";
import { CHATGPT_FORMAT } from "./format.ts";
import { runs } from "../../../../test/runs.ts";

const parse = (fields: Fields, options?: ParseOptions) => parseChatGptConversation(fields, CHAT_ID, options);
const texts = (fields: Fields, options?: ParseOptions): string[] =>
  parse(fields, options).conversation.messages.map(({ text }) => text);

const question = (text: string): DrawnMessage => ({ text });
const answer = (text: string): DrawnMessage => ({ role: "assistant", text });
const TEA = chain([{ role: "system", weight: 0, text: "SECRET" }, question("How hot?"), answer("80 °C.")]);

const node = (id: string, parent: unknown, drawn: DrawnMessage | null, n = 0) => [
  id,
  { id, parent, children: [], message: drawn && message(drawn, n) },
];
const without = (mapping: Fields, ...names: string[]): Fields =>
  Object.fromEntries(
    Object.entries(mapping).map(([id, one]) => [
      id,
      Object.fromEntries(Object.entries(isFields(one) ? one : {}).filter(([name]) => !names.includes(name))),
    ]),
  );

it("a conversation has everything a note may need", () => {
  expect(parse(conversation(TEA))).toEqual({
    conversation: {
      provider: "chatgpt",
      id: CHAT_ID,
      title: "Green tea",
      createdAt: "2025-06-15T15:06:40.250Z",
      updatedAt: "2025-06-15T16:06:40.250Z",
      url: `https://chatgpt.com/c/${CHAT_ID}`,
      messages: [
        { role: "user", text: "How hot?", createdAt: "2025-06-15T15:07:40.250Z", attachments: [] },
        { role: "assistant", text: "80 °C.", createdAt: "2025-06-15T15:08:40.250Z", attachments: [] },
      ],
      artifacts: [],
      unknownBlocks: {},
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
    drift: { contentTypes: {}, roles: {}, recipients: {}, fields: {} },
  });
});

describe("what may be missing", () => {
  it.each<[string, Fields]>([
    ["the current node", conversation(TEA, { current_node: undefined })],
    ["the current node's entry", conversation(TEA, { current_node: "gone" })],
    ["children", conversation(without(TEA, "children"))],
    ["parents", conversation(without(TEA, "parent"))],
    ["ids in the entries", conversation(without(TEA, "id"))],
  ])("%s", (_name, fields) => {
    expect(texts(fields)).toEqual(["How hot?", "80 °C."]);
    expect(CHATGPT_FORMAT.complaint(fields)).toBeUndefined();
  });

  it.each(["author", "metadata", "create_time", "status", "weight", "recipient", "channel", "id"])(
    "%s of a message",
    (name) => {
      const mapping = Object.fromEntries([
        node("a", null, { fields: { [name]: undefined }, text: "How hot?" }),
        node("b", "a", { ...answer("80 °C."), fields: { [name]: undefined } }, 1),
      ]);
      expect(texts(conversation(mapping))).toEqual(["How hot?", "80 °C."]);
    },
  );

  it("the title", () => {
    expect(parse(conversation(TEA, { title: null })).conversation.title).toBe("");
  });

  it.each([null, undefined, "soon", true])(
    "the chat's own time, as %j: then it has that of its first message",
    (time) => {
      const { conversation: chat, metadata } = parse(conversation(TEA, { create_time: time, update_time: time }));
      expect(chat.createdAt).toBe("2025-06-15T15:07:40.250Z");
      expect(chat.updatedAt).toBeUndefined();
      expect(metadata).toEqual({ datedByMessage: 1 });
    },
  );

  it("takes times that are texts", () => {
    const { createdAt, updatedAt } = parse(
      conversation(TEA, { create_time: "1750000000", update_time: "2025-06-16" }),
    ).conversation;
    expect([createdAt, updatedAt]).toEqual(["2025-06-15T15:06:40.000Z", "2025-06-16T00:00:00.000Z"]);
  });

  it("an id that could be an address: there is no link back", () => {
    expect(parseChatGptConversation(conversation(TEA), "conversations.json#7").conversation.url).toBeUndefined();
  });
});

describe("the tree", () => {
  const forked = Object.fromEntries([
    node("root", null, null),
    node("q", "root", question("Tea?"), 0),
    node("a1", "q", answer("Green."), 1),
    node("a2", "q", answer("Black."), 2),
  ]);

  it("is read along the current branch, and the others are counted", () => {
    const fields = conversation(forked, { current_node: "a1" });
    expect(texts(fields)).toEqual(["Tea?", "Green."]);
    expect(parse(fields).metadata).toEqual({ otherBranches: 1 });
  });

  it("is read with all its branches when asked to", () => {
    const fields = conversation(forked, { current_node: "a1" });
    expect(texts(fields, { branches: "all" })).toEqual([
      "Tea?",
      "Green.",
      '**[Branch 1 of 1: another way on after "Tea?"]**\n\nBlack.',
    ]);
    expect(parse(fields, { branches: "all" }).metadata).toBeUndefined();
  });

  it("goes past messages that were deleted", () => {
    const mapping = chain([question("How hot?"), null, answer("80 °C."), null]);
    expect(texts(conversation(mapping))).toEqual(["How hot?", "80 °C."]);
    const { n1: _gone, ...lost } = mapping;
    expect(texts(conversation(lost))).toEqual(["How hot?", "80 °C."]);
    expect(parse(conversation(lost)).metadata).toEqual({ warnings: ["orphan"] });
  });

  it("ends where a parent is lost, and says so", () => {
    const mapping = Object.fromEntries([node("q", "gone", question("How hot?")), node("a", "q", answer("80 °C."), 1)]);
    expect(texts(conversation(mapping))).toEqual(["How hot?", "80 °C."]);
    expect(parse(conversation(mapping)).metadata).toEqual({ warnings: ["orphan"] });
  });

  it("ends where a cycle closes, and says so", () => {
    const mapping = Object.fromEntries([node("q", "a", question("How hot?")), node("a", "q", answer("80 °C."), 1)]);
    expect(texts(conversation(mapping))).toEqual(["How hot?", "80 °C."]);
    expect(parse(conversation(mapping)).metadata).toEqual({ warnings: ["cycle"] });
  });
});

describe("a complaint", () => {
  const besides = Object.fromEntries([
    node("root", null, null),
    node("hidden", "root", { role: "system", text: "x" }),
    node("q", "root", question("How hot?"), 1),
    node("a", "q", answer("80 °C."), 2),
  ]);

  it.each<[string, unknown]>([
    ["missing", undefined],
    ["null", null],
    ["a list", []],
    ["a text", "x"],
  ])("is made when `mapping` is %s", (_name, mapping) => {
    expect(CHATGPT_FORMAT.complaint({ ...conversation({}), mapping })).toMatch(
      /^has no messages: expected an object in `mapping`$/,
    );
  });

  it.each(["root", "hidden"])(
    "is made when the walk from %s passes no message that is shown though there are some",
    (current_node) => {
      const fields = conversation(besides, { current_node });
      expect(CHATGPT_FORMAT.complaint(fields)).toBe(
        "shows no message on its current branch, though other branches hold 2; set `branches` to all to read them",
      );
      expect(CHATGPT_FORMAT.complaint(fields, { branches: "all" })).toBeUndefined();
      expect(texts(fields, { branches: "all" })).toEqual([
        "**[Branch 1 of 1: another beginning]**\n\nHow hot?",
        "80 °C.",
      ]);
    },
  );

  it("is made when the walk passes no message at all though there are hidden ones", () => {
    const mapping = Object.fromEntries([
      node("root", null, null),
      node("hidden", "root", { role: "system", text: "x" }),
    ]);
    expect(CHATGPT_FORMAT.complaint(conversation(mapping, { current_node: "root" }))).toMatch(/other branches hold 1/);
  });

  it.each<[string, Fields]>([
    ["nothing", {}],
    ["a root", chain([])],
    ["hidden messages only", chain([{ role: "system", text: "x" }])],
    [
      "hidden messages on all its branches",
      Object.fromEntries([
        node("root", null, null),
        node("one", "root", { role: "system", text: "x" }, 1),
        node("two", "root", { role: "system", text: "x" }, 2),
      ]),
    ],
  ])("is not made of a chat that holds %s: it is an empty one", (_name, mapping) => {
    expect(CHATGPT_FORMAT.complaint(conversation(mapping))).toBeUndefined();
    expect(texts(conversation(mapping))).toEqual([]);
  });
});

it("a chat of 300,000 characters is whole", () => {
  const { messages } = parse(longConversation(300_000, 120)).conversation;
  expect(messages).toHaveLength(120);
  expect(messages.reduce((sum, { text }) => sum + text.length, 0)).toBeGreaterThan(300_000);
});

const anyMapping = fc.dictionary(
  fc.constantFrom(..."abcdefg"),
  fc.oneof(
    fc.constant(null),
    fc.record(
      {
        parent: fc.constantFrom(..."abcdefg", "lost", null, 7),
        children: fc.oneof(fc.constant(null), fc.array(fc.constantFrom(..."abcdefg", 7))),
        message: fc.oneof(
          fc.constantFrom(null, "x"),
          fc
            .record({
              role: fc.constantFrom("user", "assistant", "system"),
              text: fc.constantFrom("one", "two", ""),
              weight: fc.constantFrom(0, 1),
            })
            .map((drawn) => message(drawn)),
        ),
      },
      { requiredKeys: [] },
    ),
  ),
);

it("reads any tree without throwing: its current branch is the beginning of all of them, and each message is there once", () => {
  fc.assert(
    fc.property(anyMapping, fc.constantFrom(..."abc", "lost", null), (mapping, current_node) => {
      const fields = conversation(mapping, { current_node });
      const current = texts(fields);
      const all = texts(fields, { branches: "all" });
      expect(all.slice(0, current.length)).toEqual(current);
      const visible = Object.values(mapping).filter((one) => {
        const { message = null } = one ?? {};
        return (
          isFields(message) &&
          message["weight"] === 1 &&
          /user|assistant/.test(JSON.stringify(message["author"])) &&
          /one|two/.test(JSON.stringify(message["content"]))
        );
      });
      expect(all).toHaveLength(visible.length);
      if (current.length === 0 && all.length > 0) expect(CHATGPT_FORMAT.complaint(fields)).toMatch(/shows no message/);
    }),
    { numRuns: runs(1000) },
  );
});
