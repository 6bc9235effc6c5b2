import { expect, it } from "vitest";
import { replayArtifacts } from "./artifacts/index.ts";
import { CHATGPT_FORMAT } from "./chatgpt/format.ts";
import { cleanMarks } from "./chatgpt/citation-marks.ts";
import { parseClaudeConversation } from "./claude/conversation.ts";
import { takeInlineTags } from "./claude/inline-tags.ts";
import { elementsOf } from "./export-elements.ts";

/** In proportion to its length each of these texts takes milliseconds; to the square of it, minutes. */
const LONG = 200_000;

const DEEP = `${"[".repeat(LONG)}${"]".repeat(LONG)}`;

it.each([
  ["spaces behind a mark", `【1†a】x${" ".repeat(LONG)}y`, `x${" ".repeat(LONG)}y`],
  ["marks that never close", "【1†".repeat(LONG), "【1†".repeat(LONG)],
])("a ChatGPT text with many %s is cleaned", (_, text, cleaned) => {
  expect(cleanMarks(text, {})).toBe(cleaned);
});

it.each(["<antThinking>", "<antArtifact "])("many %s that never end stay as they are", (tag) => {
  expect(takeInlineTags(tag.repeat(LONG)).text).toBe(tag.repeat(LONG));
});

it("a call of a tool that is nested too deeply to be written down does not end the reading of a chat", () => {
  const block = `{"type":"tool_use","name":"map","input":{"a":${DEEP}}}`;
  const chat = JSON.parse(`{"chat_messages":[{"sender":"assistant","content":[${block}]}]}`);
  expect(parseClaudeConversation(chat, "kelp").conversation.messages[0]?.text).toBe("[map: …]");
});

it("an element that is nested too deeply and is no chat costs only itself", async () => {
  const text = `[{"mapping":1,"a":${DEEP}},{"id":"kelp","mapping":{}}]`;
  const file = {
    name: "conversations.json",
    path: "/conversations.json",
    read: async function* () {
      yield Buffer.from(text);
    },
  };
  const kinds: string[] = [];
  for await (const { kind } of elementsOf(file, { formats: [CHATGPT_FORMAT] })) kinds.push(kind);
  expect(kinds).toEqual(["unreadable", "conversation"]);
});

it("a chat that writes its document 20,000 times has its last version", () => {
  const messages = Array.from({ length: 20_000 }, (_, i) => ({
    sender: "assistant",
    content: [{ type: "tool_use", name: "artifacts", input: { id: "kelp", content: `version ${i}` } }],
  }));
  const { artifacts } = parseClaudeConversation({ chat_messages: messages }, "kelp").conversation;
  expect(artifacts.map(({ text }) => text)).toEqual(["version 19999"]);
});

it.each(["(a|a)*c", "((a+))+c", "(.*)(.*)(.*)(.*)(.*)(.*)x"])(
  "an edit whose pattern %s would not end leaves the document as it is",
  (pattern) => {
    const facts = { id: "kelp", title: "Kelp", mediaType: "", language: "" };
    const text = "a".repeat(1_000);
    const edits = [{ pattern, replacement: "x", isMultiple: true }];
    const documents = replayArtifacts([
      { ...facts, edit: { kind: "whole", text } },
      { ...facts, edit: { kind: "patterns", edits } },
    ]);
    expect(documents.map((document) => document.text)).toEqual([text]);
  },
);
