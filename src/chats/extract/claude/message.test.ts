import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFields } from "../../../stages/extract/input/json-fields.ts";
import { parseMessage } from "./message.ts";
import { runs } from "../../../../test/runs.ts";

const PLACEHOLDER = "This block is not supported on your current device yet.";

const text = (text: unknown): object => ({ type: "text", text });
const answer = (content: unknown, fallback: unknown = ""): string =>
  parseMessage({ sender: "assistant", content, text: fallback }).message?.text ?? "";

describe("a message's text", () => {
  it.each<[string, unknown, unknown, string]>([
    ["comes from the text blocks", [text("One."), text("Two.")], "ignored", "One.\n\nTwo."],
    ["keeps a block that says the same twice", [text("Yes."), text("Yes.")], "", "Yes.\n\nYes."],
    ["falls back to `text` without blocks", undefined, "Old export.", "Old export."],
    ["falls back to `text` when `content` is null", null, "Fallback.", "Fallback."],
    ["falls back to `text` when `content` is empty", [], "Fallback.", "Fallback."],
    ["falls back to `text` when `content` is a number", 12345, "Fallback.", "Fallback."],
    ["falls back to `text` when a block's text is null", [text(null)], "Fallback.", "Fallback."],
    ["falls back to `text` when a block's text is a number", [text(12345)], "Fallback.", "Fallback."],
    ["takes `content` that is a text", "A text.", "", "A text."],
    ["takes `content` that is one block", text("One."), "", "One."],
    ["takes a block that is a text", ["One.", text("Two.")], "", "One.\n\nTwo."],
    ["is empty when there is none", [text("")], 7, ""],
    ["has no placeholder", [text(`Before ${PLACEHOLDER} after`)], "", "Before  after"],
    ["has no placeholder in a fence", [], `\`\`\`\n${PLACEHOLDER}\n\`\`\`\n\nAnswer.`, "Answer."],
    [
      "keeps the code around a placeholder's fence",
      [],
      `\`\`\`js\nx\n\`\`\`\n\`\`\`\n${PLACEHOLDER}\n\`\`\`\n`,
      "```js\nx\n```",
    ],
    ["falls back to `text` when blocks hold the placeholder only", [text(PLACEHOLDER)], "Answer.", "Answer."],
    ["has no thoughts", [{ type: "thinking", thinking: "Hm." }, text("Yes.")], "", "Yes."],
    ["has no inline thoughts", [text("<antThinking>Hm.</antThinking>Yes.")], "", "Yes."],
    [
      "has no notes of the service to itself",
      [{ type: "token_budget", text: "9" }, { type: "flag", text: "f" }, text("Yes.")],
      "",
      "Yes.",
    ],
    ["has a voice note's words", [{ type: "voice_note", text: "Hello." }], "", "Hello."],
  ])("%s", (_name, content, fallback, expected) => {
    expect(answer(content, fallback)).toBe(expected);
  });

  it.each<[string, object, string]>([
    [
      "a call with one input",
      { type: "tool_use", name: "web_search", input: { query: "tea\nheat" } },
      "[web_search: tea heat]",
    ],
    [
      "a call with several inputs",
      { type: "tool_use", name: "run", input: { a: 1, b: "x" } },
      '[run: {"a":1,"b":"x"}]',
    ],
    ["a call without input", { type: "tool_use", name: "now", input: null }, "[now]"],
    ["a long input", { type: "tool_use", name: "run", input: { code: "x".repeat(999) } }, `[run: ${"x".repeat(159)}…]`],
    [
      "found pages by their titles",
      {
        type: "tool_result",
        name: "web_search",
        content: [{ type: "knowledge", title: "Tea", text: "long" }, { title: "Heat" }],
      },
      "[web_search gave: Tea; Heat]",
    ],
    ["a result", { type: "tool_result", name: "run", content: [{ type: "text", text: "a\nb" }] }, "[run gave: a b]"],
    ["a result that is a text", { type: "tool_result", name: "run", content: "done" }, "[run gave: done]"],
    [
      "a failure",
      { type: "tool_result", name: "run", is_error: true, content: "no such file" },
      "[run failed: no such file]",
    ],
    ["nothing of an empty result", { type: "tool_result", name: "run", content: [text(PLACEHOLDER)] }, ""],
  ])("shortens tools: %s", (_name, block, expected) => {
    expect(answer([block])).toBe(expected);
  });

  it("has the text of `text` after tools that came without words", () => {
    expect(answer([{ type: "tool_use", name: "now", input: {} }], "It is noon.")).toBe("[now]\n\nIt is noon.");
  });

  it("keeps the tags a person asks about", () => {
    const question = "What does <antThinking>x</antThinking> do?";
    expect(parseMessage({ sender: "human", text: question }).message).toMatchObject({ role: "user", text: question });
  });
});

describe("unknown blocks", () => {
  it.each<[string, unknown, string, string]>([
    ["with text", { type: "hologram", text: "Look." }, "hologram", "Look."],
    ["with content", { type: "hologram", content: "Look." }, "hologram", "Look."],
    ["with blocks inside", { type: "hologram", content: [text("A"), "B", { c: 1 }] }, "hologram", "A\n\nB"],
    ["without text", { type: "hologram", data: "x" }, "hologram", ""],
    ["without a type", { text: "Look." }, "(missing)", "Look."],
    ["named like a method", { type: "constructor" }, "constructor", ""],
    ["that are null", null, "(null)", ""],
    ["that are numbers", 7, "(number)", ""],
  ])("%s are counted and their text is kept", (_name, block, type, kept) => {
    const { drift, message } = parseMessage({ sender: "human", content: [block] });
    expect(drift).toEqual([{ kind: "contentType", name: type }]);
    expect(message?.text ?? "").toBe(kept);
  });

  it("do not keep the fallback away", () => {
    expect(answer([{ type: "hologram", text: "Look." }], "Said.")).toBe("Look.\n\nSaid.");
    expect(answer([{ type: "hologram", text: "Said." }], "Said.")).toBe("Said.");
  });
});

describe("artifacts", () => {
  it("leave their title in the text and their edit in the changes", () => {
    const { message, artifactChanges } = parseMessage({
      content: [
        {
          type: "tool_use",
          name: "artifacts",
          input: { id: "t", command: "create", title: "Tea", type: "text/markdown", content: "# Tea" },
        },
        { type: "tool_result", name: "artifacts", content: [text("OK")] },
        {
          type: "tool_use",
          name: "artifacts",
          input: { id: "t", command: "update", old_str: "Tea", new_str: "Green tea" },
        },
        { type: "tool_use", name: "artifacts", input: { id: "t", command: "view" } },
      ],
    });
    expect(message?.text).toBe('[artifact: Tea]\n\n[artifact updated: t]\n\n[artifacts: {"id":"t","command":"view"}]');
    expect(artifactChanges.map(({ edit }) => edit)).toEqual([
      { kind: "whole", text: "# Tea" },
      { kind: "replace", oldText: "Tea", newText: "Green tea" },
    ]);
  });
});

describe("attachments", () => {
  it("have the text that was taken out of them, and files that are only named follow", () => {
    const { message } = parseMessage({
      attachments: [
        { file_name: "log.txt", file_size: 12, file_type: "text/plain", extracted_content: "an error" },
        { file_name: "", extracted_content: "pasted" },
        null,
      ],
      files: [{ file_name: "log.txt" }, { file_name: "photo.png", file_uuid: "1" }, "odd"],
      files_v2: [{ file_name: "photo.png" }, { file_name: "plan.pdf" }],
    });
    expect(message?.attachments).toEqual([
      { name: "log.txt", mediaType: "text/plain", bytes: 12, text: "an error" },
      { name: "pasted text", text: "pasted" },
      { name: "photo.png" },
      { name: "plan.pdf" },
    ]);
  });
});

it("reads anything without throwing", () => {
  const names = [
    "sender",
    "text",
    "content",
    "attachments",
    "files",
    "type",
    "name",
    "input",
    "title",
    "id",
    "new_str",
    "created_at",
  ];
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { withCrossShrink: true, maxDepth: 5 },
      fc.jsonValue(),
      fc.constantFrom(
        "text",
        "tool_use",
        "tool_result",
        "artifacts",
        "human",
        `<antArtifact identifier="a">`,
        PLACEHOLDER,
      ),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (fields) => {
      expect(isFields(fields) && typeof (parseMessage(fields).message?.text ?? "")).toBe("string");
    }),
    { numRuns: runs(1000) },
  );
});
