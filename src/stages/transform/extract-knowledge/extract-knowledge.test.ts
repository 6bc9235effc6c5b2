import { array, assert, asyncProperty, constantFrom, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { StepError } from "../../../core/failure.ts";
import type { GenerateRequest, Model } from "../../../core/model.ts";
import { filter } from "../../../core/outcome.ts";
import { createExtractive } from "../../../llm/extractive/index.ts";
import type { Conversation } from "../../conversation.ts";
import type { Note } from "../../note.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { extractKnowledge } from "./extract-knowledge.ts";

const ANSWER = `# The grip of kelp

## Summary

Kelp grips rock with a holdfast.

## Tags

kelp, holdfast

## Content

The holdfast does not feed the kelp as a root does. It only holds.`;

/** A model that gives one answer and keeps what it was asked. */
function modelThatSays(text: string): { readonly model: Model; readonly asked: GenerateRequest[] } {
  const asked: GenerateRequest[] = [];
  const generate = async (request: GenerateRequest) => {
    asked.push(request);
    return { text, usage: {} };
  };
  return {
    asked,
    model: { id: "ollama:llama3.2", fingerprint: "x", lane: "ollama", check: async () => ({ notes: [] }), generate },
  };
}

const run = async (conversation: Conversation, parts: Parameters<typeof contextWith>[0]): Promise<unknown> =>
  extractKnowledge().process(conversation, contextWith(parts));

const isNote = (value: unknown): value is Note => typeof value === "object" && value !== null && "body" in value;

const noteFrom = async (conversation: Conversation, model: Model): Promise<Note> => {
  const note = await run(conversation, { model });
  if (!isNote(note)) throw new Error(`no note: ${JSON.stringify(note)}`);
  return note;
};

describe("extractKnowledge", () => {
  it("is a cached step of the model's lane", () => {
    expect(extractKnowledge()).toMatchObject({ name: "extract_knowledge", version: 1, lane: "model", cache: true });
  });

  it("makes a note of the answer and of what is known of the conversation", async () => {
    expect(await noteFrom(conversationWith(), modelThatSays(ANSWER).model)).toEqual({
      title: "The grip of kelp",
      summary: "Kelp grips rock with a holdfast.",
      tags: ["kelp", "holdfast"],
      body: "The holdfast does not feed the kelp as a root does. It only holds.",
      created: "2026-01-19T14:30:52Z",
      updated: "2026-01-20T08:00:00Z",
      source: "claude",
      sourceId: "claude:0001",
      sourceUrl: "https://claude.ai/chat/0001",
      contentHash: "c0ffee",
      model: "ollama:llama3.2",
      promptVersion: 1,
    });
  });

  it("leaves out what the conversation does not know", async () => {
    const { createdAt: _c, updatedAt: _u, url: _l, ...bare } = conversationWith();
    const note = await noteFrom(bare, modelThatSays(ANSWER).model);
    expect(Object.keys(note)).not.toEqual(expect.arrayContaining(["created"]));
    expect(note).not.toHaveProperty("updated");
    expect(note).not.toHaveProperty("sourceUrl");
  });

  it("gives the model the prompt, the system text, the material and the signal", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const signal = new AbortController().signal;
    await run(conversationWith(), { model, signal });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.prompt).toContain("[User]\nHow does kelp stay in place during a storm?");
    expect(asked[0]?.system).toContain("notes");
    expect(asked[0]?.material?.messages).toHaveLength(3);
    expect(asked[0]?.signal).toBe(signal);
  });

  it("falls back to the chat's title, then to its date", async () => {
    const { model } = modelThatSays(ANSWER.replace("# The grip of kelp\n", ""));
    expect((await noteFrom(conversationWith(), model)).title).toBe("How kelp holds on");
    expect((await noteFrom(conversationWith({ title: " " }), model)).title).toBe("Chat 2026-01-19");
  });

  it("fails with the complaint, the request and the raw answer when the answer is unusable", async () => {
    const { model } = modelThatSays("I cannot help with that.");
    const failure = await run(conversationWith(), { model }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepError);
    expect(failure).toMatchObject({
      kind: "answer",
      message: 'The answer had neither a "## Summary" nor a "## Content" section.',
      rawAnswer: "I cannot help with that.",
      request: expect.stringContaining("How does kelp stay in place"),
    });
  });

  it("tells the model what was wrong when it asks again", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    await run(conversationWith(), { model });
    await run(conversationWith(), { model, complaint: "The answer was empty." });
    expect(asked[0]?.prompt).not.toContain("refused");
    expect(asked[1]?.prompt).toContain("Your previous answer was refused: The answer was empty.");
  });

  it("asks for another language when it is told to", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    await extractKnowledge({ language: "Japanese" }).process(conversationWith(), contextWith({ model }));
    expect(asked[0]?.prompt).toContain("Write in Japanese.");
  });

  it("filters a conversation without text and calls nobody", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const empty = conversationWith({ messages: [message("system", "Be kind."), message("user", " \n")] });
    expect(await run(empty, { model })).toEqual(filter("no text"));
    expect(asked).toEqual([]);
  });
});

describe("extractKnowledge with the extractive engine", () => {
  it("names the engine in place of a model and a prompt", async () => {
    const note = await noteFrom(conversationWith(), createExtractive());
    expect(note.engine).toBe("extractive");
    expect(note).not.toHaveProperty("model");
    expect(note).not.toHaveProperty("promptVersion");
  });

  it("keeps the decision, the question and the document of the chat", async () => {
    const conversation = conversationWith({
      artifacts: [{ id: "a", title: "Kelp poem", mediaType: "text/markdown", text: "# Kelp\n\nIt holds." }],
    });
    const note = await noteFrom(conversation, createExtractive());
    expect(note.title).toBe("How kelp holds on");
    expect(note.body).toContain("## Questions asked\n\n- How does kelp stay in place during a storm?");
    expect(note.body).toContain("## Decisions\n\n- I decided to write about the holdfast.");
    expect(note.body).toContain("## Documents\n\n### Kelp poem\n\n#### Kelp\n\nIt holds.");
  });

  it("makes a whole note of any conversation that has text", async () => {
    const text = string({ unit: "binary", maxLength: 80 });
    const anyConversation = record({
      title: text,
      messages: array(
        record({
          role: constantFrom("user" as const, "assistant" as const, "tool" as const),
          text,
          attachments: array(record({ name: text, text })),
        }),
        { maxLength: 4 },
      ),
      artifacts: array(record({ id: text, title: text, text }), { maxLength: 2 }),
    });
    await assert(
      asyncProperty(anyConversation, async (parts) => {
        const result = await run(conversationWith(parts), { model: createExtractive() });
        if (!isNote(result)) {
          expect(result).toEqual(filter("no text"));
          return;
        }
        expect(result.title).not.toBe("");
        expect(result.summary).not.toBe("");
        expect(result.body).not.toBe("");
      }),
    );
  });
});
