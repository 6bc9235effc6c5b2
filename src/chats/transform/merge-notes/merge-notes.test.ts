import { describe, expect, it } from "vitest";
import type { GenerateRequest, Model } from "../../../core/model/language-model.ts";
import type { Conversation } from "../../conversation.ts";
import type { NotedPart, PartNote } from "../chat-part.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import type { DraftNote } from "./draft-note.ts";
import { joinPieces } from "./join-parts.ts";
import { mergeNotes } from "./merge-notes.ts";

const CODE = "```sh\nls\n```";

const note = (parts: Partial<PartNote> = {}): PartNote => ({
  title: "The grip of kelp",
  summary: "Kelp grips rock.",
  tags: ["kelp"],
  content: "It only holds.",
  ...parts,
});

const noted = (conversation: Conversation | undefined, ...notes: readonly PartNote[]): NotedPart => ({
  ...(conversation && { conversation }),
  notes,
  writtenBy: "ollama:llama3.2",
});

function modelThatSays(text: string): { readonly model: Model; readonly asked: GenerateRequest[] } {
  const asked: GenerateRequest[] = [];
  const generate = async (request: GenerateRequest) => {
    asked.push(request);
    return { text, usage: {} };
  };
  return { asked, model: { ...contextWith().model, id: "ollama:llama3.2", lane: "ollama", generate } };
}

const merge = async (parts: readonly NotedPart[], more: Parameters<typeof contextWith>[0] = {}): Promise<DraftNote> =>
  (await mergeNotes().process(parts, contextWith(more))) as DraftNote;

describe("mergeNotes of one part", () => {
  it("makes a note of what the model said and of what is known, and asks nobody", async () => {
    const { note: made } = await merge([noted(conversationWith(), note())]);
    expect(made).toEqual({
      title: "The grip of kelp",
      summary: "Kelp grips rock.",
      tags: ["kelp"],
      body: "It only holds.",
      created: "2026-01-19T14:30:52Z",
      updated: "2026-01-20T08:00:00Z",
      source: "claude",
      sourceId: "claude:0001",
      sourceUrl: "https://claude.ai/chat/0001",
      contentHash: "c0ffee",
      model: "ollama:llama3.2",
      promptVersion: 2,
    });
  });

  it("falls back to the chat's title, then to its date", async () => {
    const { title: _, ...untitled } = note();
    expect((await merge([noted(conversationWith(), untitled)])).note.title).toBe("How kelp holds on");
    expect((await merge([noted(conversationWith({ title: " " }), untitled)])).note.title).toBe("Chat 2026-01-19");
  });

  it("puts code back, and what the model left out at the end", async () => {
    const conversation = conversationWith({
      messages: [message("user", `${CODE}\n\n| a |\n|---|\n| 1 |\n\n~~~\nlast\n~~~`)],
    });
    const { note: made, written } = await merge([noted(conversation, note({ content: "Run:\n\n**code-1**" }))]);
    expect(made.body).toBe(`Run:\n\n${CODE}\n\n## Code\n\n~~~\nlast\n~~~\n\n## Tables\n\n| a |\n|---|\n| 1 |`);
    expect(written).toEqual({ content: "Run:\n\n**code-1**", blocks: 3, dropped: 2 });
  });

  it("adds no code to what the extractive engine quotes, and says which engine it was", async () => {
    const conversation = conversationWith({ messages: [message("user", CODE)] });
    const draft = await merge([{ ...noted(conversation, note()), writtenBy: "extractive" }]);
    expect(draft.note).toMatchObject({ body: "It only holds.", engine: "extractive" });
    expect(draft.note).not.toHaveProperty("promptVersion");
    expect(draft).not.toHaveProperty("written");
  });

  it("keeps a document as it is", async () => {
    const body = "# Kelp\n\nIt holds.\n\n\n**code-1**";
    const conversation = conversationWith({ document: { body } });
    const draft = await merge([noted(conversation, note({ content: body }))]);
    expect(draft.note.body).toBe(body);
    expect(draft).not.toHaveProperty("written");
  });
});

describe("mergeNotes of several parts", () => {
  const ANSWER = "# All of kelp\n\n## Summary\n\nKelp holds and grows.\n\n## Tags\n\nkelp, sea";
  const conversation = conversationWith({ messages: [message("user", CODE)] });
  const parts = [
    noted(conversation, note({ title: "Grip", content: "# It holds\n\n**code-1**" })),
    noted(undefined, note({ title: "Growth", summary: "It grows." }), note({ content: "And more." })),
  ];

  it("keeps each content under a heading and asks for the title, summary and tags of the whole", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const { note: made } = await merge(parts, { model });
    expect(made).toMatchObject({
      title: "All of kelp",
      summary: "Kelp holds and grows.",
      tags: ["kelp", "sea"],
      chunks: 3,
    });
    expect(made.body).toBe(
      `## Grip\n\n### It holds\n\n${CODE}\n\n## Growth\n\nIt only holds.\n\n## The grip of kelp\n\nAnd more.`,
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]?.prompt).toContain("Part 2: Growth\nIt grows.\nkelp");
    expect(asked[0]?.prompt).not.toContain("It only holds.");
  });

  it("shortens what it shows of each part until all fit into the context", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const many = [
      noted(conversation, ...Array.from({ length: 200 }, () => note({ summary: "Kelp holds. ".repeat(20) }))),
    ];
    await merge(many, { model, modelInfo: { contextTokens: 4_096, notes: [] } });
    expect((asked[0]?.prompt.length ?? 0) / 4).toBeLessThan(3_072);
  });

  it("asks again with the complaint, and fails with the raw answer kept", async () => {
    const { model, asked } = modelThatSays("Hm.");
    await expect(merge(parts, { model, complaint: "The answer was empty." })).rejects.toMatchObject({
      kind: "answer",
      rawAnswer: "Hm.",
    });
    expect(asked[0]?.prompt).toContain("Your previous answer was refused: The answer was empty.");
  });
});

describe("joinPieces", () => {
  it("puts the notes of the pieces of a part into one list", () => {
    const conversation = conversationWith();
    const joined = joinPieces().process(
      [noted(conversation, note({ title: "1" })), noted(undefined, note({ title: "2" }))],
      contextWith(),
    );
    expect(joined).toEqual(noted(conversation, note({ title: "1" }), note({ title: "2" })));
  });
});
