import { describe, expect, it } from "vitest";
import type { ParseOptions } from "../conversation-format.ts";
import type { Fields } from "../../../stages/extract/input/json-fields.ts";
import { parseClaudeConversation } from "./conversation.ts";
import { CHAT_ID, artifact, conversation, message, text } from "./fixtures/build.ts";

const parse = (fields: Fields, options?: ParseOptions) => parseClaudeConversation(fields, CHAT_ID, options);
const texts = (fields: Fields, options?: ParseOptions): string[] =>
  parse(fields, options).conversation.messages.map(({ text }) => text);

describe("a conversation as the web page loads it", () => {
  const forked = [
    message("q", 0, [text("Which tea?")]),
    message("a1<q", 1, [text("Green.")]),
    message("a2<q", 2, [text("Black.")]),
    message("q2<a2", 3, [text("With milk?")], { sender: "human" }),
  ];

  it("has the texts of its blocks, since its own are empty", () => {
    expect(texts(conversation(forked))).toEqual(["Which tea?", "Black.", "With milk?"]);
  });

  it("follows the branch that the page shows, and counts the others", () => {
    const fields = conversation(forked, { current_leaf_message_uuid: "a1" });
    expect(texts(fields)).toEqual(["Which tea?", "Green."]);
    expect(parse(fields).metadata).toEqual({ otherBranches: 1 });
  });

  it("is read with all its branches when asked to, each under a mark", () => {
    const fields = conversation(forked, { current_leaf_message_uuid: "a1" });
    const { conversation: chat, metadata } = parse(fields, { branches: "all" });
    expect(chat.messages.map(({ role, text }) => [role, text])).toEqual([
      ["user", "Which tea?"],
      ["assistant", "Green."],
      ["assistant", '**[Branch 1 of 1: another way on after "Which tea?"]**\n\nBlack.'],
      ["user", "With milk?"],
    ]);
    expect(metadata).toBeUndefined();
    expect(chat.contentHash).not.toBe(parse(fields).conversation.contentHash);
  });

  it("says when a message's parent is lost, and keeps what came before", () => {
    const fields = conversation([forked[0], message("b<lost", 1, [text("Green.")]), message("c<b", 2, [text("Hot.")])]);
    expect(texts(fields)).toEqual(["Which tea?", "Green.", "Hot."]);
    expect(parse(fields).metadata).toEqual({ warnings: ["orphan"] });
  });

  it("says when its messages lead in a circle", () => {
    const fields = conversation([message("a<b", 0, [text("A")]), message("b<a", 1, [text("B")])]);
    expect(texts(fields)).toEqual(["A", "B"]);
    expect(parse(fields).metadata).toEqual({ warnings: ["cycle"] });
  });
});

describe("documents", () => {
  const create = artifact({
    id: "tea",
    type: "text/markdown",
    title: "Tea",
    command: "create",
    content: "Heat to 90.",
  });
  const update = artifact({ id: "tea", command: "update", old_str: "90", new_str: "80", version_uuid: "v2" });
  const rewrite = artifact({ id: "tea", command: "rewrite", title: "Hot tea", content: "Boil." });
  const chat = [message("q", 0, [text("Write.")]), message("a<q", 1, [create, update]), message("b<a", 2, [rewrite])];

  it("are in the last version of the branch that is read", () => {
    expect(parse(conversation(chat)).conversation.artifacts).toMatchObject([{ title: "Hot tea", text: "Boil." }]);
    const atUpdate = conversation(chat, { current_leaf_message_uuid: "a" });
    expect(parse(atUpdate).conversation.artifacts).toMatchObject([{ title: "Tea", text: "Heat to 80." }]);
  });

  it("are files of the workspace too, by their paths", () => {
    const path = "/mnt/user-data/outputs/timer.py";
    const use = (name: string, input: object) => ({ type: "tool_use", name, input });
    const result = (name: string, fields: object) => ({ type: "tool_result", name, content: [text("OK")], ...fields });
    const blocks = [
      use("create_file", { description: "A timer", path, file_text: "wait(90)" }),
      result("create_file", { is_error: false }),
      use("str_replace", { description: "Cooler", path, old_str: "90", new_str: "80" }),
      result("str_replace", { is_error: true }),
    ];
    const { artifacts, messages } = parse(conversation([message("a", 1, blocks)])).conversation;
    expect(artifacts).toEqual([{ id: path, title: "timer.py", text: "wait(80)" }]);
    expect(messages[0]?.text).toBe("[artifact: timer.py]\n\n[artifact updated: timer.py]\n\n[str_replace failed: OK]");
  });

  it("are changed without being named: then the last one is meant", () => {
    const unnamed = artifact({ command: "update", old_str: "90", new_str: "70" });
    const { artifacts } = parse(conversation([message("a", 1, [create, unnamed])])).conversation;
    expect(artifacts).toMatchObject([{ id: "tea", text: "Heat to 70." }]);
  });

  it("that another branch wrote on are there in its version too", () => {
    const { artifacts } = parse(conversation(chat, { current_leaf_message_uuid: "a" }), {
      branches: "all",
    }).conversation;
    expect(artifacts).toMatchObject([
      { id: "tea", title: "Tea", text: "Heat to 80." },
      { id: "tea (branch 1)", title: "Hot tea (branch 1)", text: "Boil." },
    ]);
  });
});

describe("blocks of each type", () => {
  const answer = (...content: readonly unknown[]): Fields => conversation([message("a", 1, content)]);
  it.each<[string, unknown, string[]]>([
    ["thinking", { type: "thinking", thinking: "SECRET", summaries: [{ summary: "SECRET" }], cut_off: false }, []],
    ["redacted_thinking", { type: "redacted_thinking", data: "SECRET" }, []],
    ["token_budget", { type: "token_budget", remaining: 7 }, []],
    ["flag", { type: "flag", flag: "SECRET", helpline: null }, []],
    ["injected_prompt_block", { type: "injected_prompt_block", text: "SECRET" }, []],
    ["voice_note", { type: "voice_note", title: "Note", text: "How hot?" }, ["How hot?"]],
    ["tool_use", { type: "tool_use", name: "web_search", input: { query: "tea" } }, ["[web_search: tea]"]],
    [
      "tool_result",
      { type: "tool_result", name: "web_search", content: [{ title: "Tea" }] },
      ["[web_search gave: Tea]"],
    ],
  ])("%s", (_type, block, expected) => {
    const { conversation: chat, drift } = parse(answer(block));
    expect(chat.messages.map(({ text }) => text)).toEqual(expected);
    expect(JSON.stringify(chat)).not.toContain("SECRET");
    expect(drift?.contentTypes).toEqual({});
  });

  it("text: the pages it cites are listed under it, once each", () => {
    const citations = [
      {
        uuid: "c1",
        start_index: 0,
        end_index: 3,
        details: { type: "web_search_citation", url: "https://tea.example" },
      },
      { url: "https://leaf.example", title: "Leaf" },
      { url: "https://leaf.example", title: "Leaf" },
      null,
    ];
    expect(texts(answer({ ...text("Hot."), citations }))).toEqual([
      "Hot.\n\nSources:\n- <https://tea.example>\n- [Leaf](https://leaf.example)",
    ]);
  });
});

it("what nobody knows is counted by kind, and no name holds a text of the chat", () => {
  const odd = message(
    "b<a",
    2,
    [
      { type: "my secret tea", text: "Kept." },
      { type: "smell", text: "Kept too." },
    ],
    {
      sender: "tea kettle",
      files: "none",
    },
  );
  const { conversation: chat, drift } = parse(conversation([message("a", 0, [text("Hi")]), odd, 7], { name: 5 }));
  expect(chat.messages[1]).toMatchObject({ role: "assistant", text: "Kept.\n\nKept too." });
  expect(chat.unknownBlocks).toEqual({ "(not a name)": 1, smell: 1, "(not a message)": 1 });
  expect(drift).toEqual({
    contentTypes: chat.unknownBlocks,
    roles: { "(not a name)": 1 },
    recipients: {},
    fields: { "conversation.name is a number": 1, "message.files is a string": 1 },
  });
});
