import { describe, expect, it } from "vitest";
import { sendToReview, type Review } from "../../../core/pipeline/outcome.ts";
import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../../stages/note/note.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import type { WrittenNote } from "../merge-notes/index.ts";
import { checkQuality, type CheckQualityOptions } from "./index.ts";

const SENTENCE = "Kelp grips the rock with a holdfast, and the storm that comes from the sea does not tear it loose. ";
const GERMAN = "Der Seetang hält sich mit einem Haftorgan am Felsen fest, und der Sturm reißt ihn nicht los. ";

interface Given extends Partial<WrittenNote> {
  readonly title?: string;
  readonly said?: string;
  readonly conversation?: Partial<Conversation>;
  readonly options?: CheckQualityOptions;
}

function check(given: Given): string | undefined {
  const { title = "How kelp holds on", said = SENTENCE.repeat(100), options = {} } = given;
  const { content = SENTENCE.repeat(10), blocks = 0, dropped = 0 } = given;
  const conversation = conversationWith({ messages: [message("user", said)], ...given.conversation });
  const note: Note = { title, body: "The note." };
  const outcome = checkQuality(options).process(
    { note, conversation, written: { content, blocks, dropped } },
    contextWith(),
  );
  if (outcome === note) return undefined;
  const { reason, content: reviewed } = outcome as Review<Note>;
  expect(outcome).toEqual(sendToReview(reason, reviewed));
  return reason;
}

describe("checkQuality", () => {
  it("lets a note pass that says something", () => {
    expect(check({})).toBeUndefined();
  });

  it.each([
    [
      "a content that is too short for its conversation",
      { content: "Kelp holds." },
      "the content has 11 characters for a conversation of 9,949 (0.1%; at least 3% is expected)",
    ],
    ["a title that says nothing", { title: "Untitled" }, 'the title says nothing: "Untitled"'],
    ["a title in brackets", { title: "[Your title]" }, 'the title says nothing: "[Your title]"'],
    [
      "another language than the conversation's",
      { content: GERMAN.repeat(10) },
      "the note is in German, and the conversation is in English",
    ],
    [
      "another language than the one asked for",
      { options: { language: "German" } },
      "the note is in English, and German was asked for",
    ],
    [
      "left out code",
      { content: `${SENTENCE.repeat(10)}\n\n\`\`\`js\nstart();\n// ... rest of the code\n\`\`\`` },
      'something was left out: "// ... rest of the code" stands in place of it',
    ],
    [
      "an ellipsis in code",
      { content: `${SENTENCE.repeat(10)}\n\n\`\`\`py\ndef kelp():\n    ...\n\`\`\`` },
      'something was left out: "..." stands in place of it',
    ],
    [
      "a text that points above",
      { content: `${SENTENCE.repeat(10)}\n\n(same as above)` },
      'something was left out: "(same as above)" stands in place of it',
    ],
    [
      "dropped markers",
      { blocks: 10, dropped: 9 },
      "omitted code: the model left out 9 of 10 blocks of code and tables (at most 80% is expected); they are at the end of the note",
    ],
  ] satisfies readonly (readonly [string, Given, string])[])("sends to review %s", (_what, given, reason) => {
    expect(check(given)).toBe(reason);
  });

  it.each([
    ["a short conversation", { said: SENTENCE.repeat(5), content: "Kelp holds." }],
    ["a placeholder that is the chat's own title", { title: "New chat", conversation: { title: "New chat" } }],
    ["a long conversation, of which a smaller share is enough", { said: SENTENCE.repeat(300) }],
    ["a very long one, of which a still smaller share is", { said: SENTENCE.repeat(1_500) }],
    ["as many dropped blocks as are allowed", { blocks: 10, dropped: 8 }],
    ["three dropped blocks of three", { blocks: 3, dropped: 3 }],
    [
      "an ellipsis that the conversation has too",
      { said: `${SENTENCE.repeat(100)}\n\n    ...`, content: `${SENTENCE.repeat(10)}\n\n\`\`\`py\n    ...\n\`\`\`` },
    ],
    ["an ellipsis in a sentence", { content: `${SENTENCE.repeat(10)} And so on...` }],
    ["what a threshold allows: length", { content: "Kelp holds.", options: { quality: { compression: false } } }],
    ["what a threshold allows: titles", { title: "Note", options: { quality: { allowPlaceholderTitle: true } } }],
    [
      "what a threshold allows: languages",
      { content: GERMAN.repeat(10), options: { quality: { allowOtherLanguage: true } } },
    ],
    [
      "what a threshold allows: omissions",
      { content: `${SENTENCE.repeat(10)}\n\nSame as above.`, options: { quality: { allowOmissions: true } } },
    ],
    ["what a threshold allows: code", { blocks: 10, dropped: 10, options: { quality: { droppedCode: 1 } } }],
  ] satisfies readonly (readonly [string, Given])[])("lets pass %s", (_what, given) => {
    expect(check(given)).toBeUndefined();
  });

  it("names every reason", () => {
    expect(check({ title: "Untitled", blocks: 4, dropped: 4 })).toMatch(
      /^the title says nothing: "Untitled"; omitted code: /,
    );
  });

  it("puts the original conversation under a heading, its own headings below that", () => {
    const conversation = conversationWith({
      messages: [
        message("user", "# Question\n\nWhy?"),
        message("system", "Be kind."),
        message("assistant", "```\nopen"),
      ],
    });
    const written = { content: "", blocks: 4, dropped: 4 };
    const outcome = checkQuality().process(
      { note: { title: "Kelp", body: "The note." }, conversation, written },
      contextWith(),
    );
    expect((outcome as Review<Note>).content.body).toBe(
      "The note.\n\n## Original conversation\n\n**User**\n\n### Question\n\nWhy?\n\n**Assistant**\n\n```\nopen\n```",
    );
  });

  it("does not judge what no language model wrote", () => {
    const note: Note = { title: "Untitled", body: "" };
    expect(checkQuality().process({ note, conversation: conversationWith() }, contextWith())).toBe(note);
  });

  it.each([{ droppedCode: 2 }, { compression: [{ from: 0, share: 5 }] }, { compression: [{ from: -1, share: 0 }] }])(
    "refuses thresholds that cannot be: %j",
    (quality) => {
      expect(() => checkQuality({ quality })).toThrow(RangeError);
    },
  );
});
