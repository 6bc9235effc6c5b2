import { array, assert, asyncProperty, constantFrom, record, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { StepError, type CutOff } from "../../../core/failure/failure.ts";
import type { GenerateRequest, Model } from "../../../core/model/language-model.ts";
import { filterItem, type FanOutAgain } from "../../../core/pipeline/outcome.ts";
import { createExtractive } from "../../../llm/extractive/index.ts";
import type { Conversation, SourceDocument } from "../../conversation.ts";
import type { ChatPart, NotedPart } from "../chat-part.ts";
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
  extractKnowledge().process({ conversation }, contextWith(parts));

const isNoted = (value: unknown): value is NotedPart => typeof value === "object" && value !== null && "notes" in value;

const notedFrom = async (conversation: Conversation, model: Model): Promise<NotedPart> => {
  const noted = await run(conversation, { model });
  if (!isNoted(noted)) throw new Error(`no note: ${JSON.stringify(noted)}`);
  return noted;
};

describe("extractKnowledge", () => {
  it("is a cached step of the model's lane", () => {
    expect(extractKnowledge()).toMatchObject({ name: "extract_knowledge", version: 2, lane: "model", cache: true });
  });

  it("gives on the conversation, what the model said of it, and which model it was", async () => {
    const conversation = conversationWith();
    expect(await notedFrom(conversation, modelThatSays(ANSWER).model)).toEqual({
      conversation,
      notes: [
        {
          title: "The grip of kelp",
          summary: "Kelp grips rock with a holdfast.",
          tags: ["kelp", "holdfast"],
          content: "The holdfast does not feed the kelp as a root does. It only holds.",
        },
      ],
      writtenBy: "ollama:llama3.2",
    });
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

  it("fails with the complaint, the request and the raw answer when the answer is unusable", async () => {
    const { model } = modelThatSays("Kelp is nice.");
    const failure = await run(conversationWith(), { model }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepError);
    expect(failure).toMatchObject({
      kind: "answer",
      message: 'The answer had neither a "## Summary" nor a "## Content" section.',
      rawAnswer: "Kelp is nice.",
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
    await extractKnowledge({ language: "Japanese" }).process(
      { conversation: conversationWith() },
      contextWith({ model, complaint: "Again." }),
    );
    expect(asked[0]?.prompt).toContain("Write in Japanese.");
  });

  it("filters a conversation without text and calls nobody", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const empty = conversationWith({ messages: [message("system", "Be kind."), message("user", " \n")] });
    expect(await run(empty, { model })).toEqual(filterItem("no text"));
    expect(asked).toEqual([]);
  });
});

describe("extractKnowledge of part of a conversation", () => {
  const excerpt = {
    number: 2,
    of: 5,
    cuts: 1,
    facts: "Title: Kelp",
    turns: [{ heading: "User", text: "Does it root?" }],
  };

  it("tells the model which part it is", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const noted = await extractKnowledge().process({ excerpt }, contextWith({ model }));
    expect(asked[0]?.prompt).toContain("It is part 2 of 5 of one conversation.");
    expect(asked[0]?.prompt).toContain("Title: Kelp\n\n[User]\nDoes it root?\n</conversation>");
    expect(noted).not.toHaveProperty("conversation");
  });

  it("is cut again when the model finds it too long, twice at the most", async () => {
    const refusal = new StepError("input_too_long", "The prompt does not fit.");
    const model = { ...modelThatSays("").model, generate: () => Promise.reject(refusal) };
    const long = conversationWith({ messages: [message("user", "Kelp holds.\n\n".repeat(400))] });
    const parts = async (part: ChatPart): Promise<readonly ChatPart[]> => {
      const outcome = await extractKnowledge().process(part, contextWith({ model }));
      return (outcome as FanOutAgain).children.map(({ content }) => content as ChatPart);
    };
    const halves = await parts({ conversation: long });
    expect(halves.map(({ excerpt: half }) => [half?.number, half?.of])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(halves.map(({ conversation }) => conversation === undefined)).toEqual([false, true, true]);
    const [, second = {}] = halves;
    const pieces = await parts(second);
    expect(pieces.length).toBeGreaterThanOrEqual(4);
    expect(pieces.every(({ excerpt: piece }) => piece?.number === 2 && piece.of === 3)).toBe(true);
    await expect(parts(pieces[0] ?? {})).rejects.toBe(refusal);
  });
});

describe("an answer that the context has no room for", () => {
  const conversation = conversationWith({ messages: [message("user", "Kelp holds.\n\n".repeat(400))] });
  const cutOff = (by: CutOff): StepError => new StepError("answer", "The answer was cut off.", { cutOffBy: by });
  const extract = async (failure: StepError, complaint: string | undefined): Promise<unknown> => {
    const model = { ...modelThatSays("").model, generate: () => Promise.reject(failure) };
    return extractKnowledge().process({ conversation }, contextWith({ model, complaint }));
  };

  it("is asked for again, and then the conversation is cut", async () => {
    const error = cutOff("context");
    await expect(extract(error, undefined)).rejects.toBe(error);
    expect(await extract(error, "The answer was cut off.")).toMatchObject({ kind: "fanOut", again: true });
  });

  it("and is short is not cut, whatever is said of its length", async () => {
    const failure = new StepError("input_too_long", "The prompt does not fit.");
    const model = { ...modelThatSays("").model, generate: () => Promise.reject(failure) };
    const short = conversationWith({ messages: [message("user", "Kelp holds.\n\n".repeat(100))] });
    const asked = extractKnowledge().process({ conversation: short }, contextWith({ model }));
    await expect(asked).rejects.toBe(failure);
  });

  it("is not helped by less text when it is cut off at its own limit", async () => {
    const error = cutOff("cap");
    await expect(extract(error, "The answer was cut off.")).rejects.toBe(error);
  });
});

describe("extractKnowledge of a document that is kept", () => {
  const documentWith = (parts: Partial<SourceDocument>, title = "Kelp"): Conversation => {
    const body = "Kelp holds.\n\n".repeat(200);
    return conversationWith({ title, messages: [message("user", body)], document: { body, ...parts } });
  };

  it("calls nobody when it lacks nothing", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    const { notes } = await notedFrom(documentWith({ summary: "On kelp.", tags: ["sea"] }), model);
    expect(asked).toEqual([]);
    expect(notes).toEqual([
      { title: "Kelp", summary: "On kelp.", tags: ["sea"], content: "Kelp holds.\n\n".repeat(200) },
    ]);
  });

  it.each([
    [
      "a title",
      documentWith({ summary: "On kelp.", tags: ["sea"] }, ""),
      { title: "The grip of kelp", summary: "On kelp.", tags: ["sea"] },
    ],
    [
      "a summary",
      documentWith({ tags: ["sea"] }),
      { title: "Kelp", summary: "Kelp grips rock with a holdfast.", tags: ["sea"] },
    ],
    ["tags", documentWith({ summary: "On kelp." }), { title: "Kelp", summary: "On kelp.", tags: ["kelp", "holdfast"] }],
  ])("asks for %s when it has none, and keeps the rest", async (_what, conversation, expected) => {
    const { model, asked } = modelThatSays(ANSWER);
    const { notes } = await notedFrom(conversation, model);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.prompt).toContain("Write a title, a summary and tags for the document below.");
    expect(notes).toEqual([{ ...expected, content: "Kelp holds.\n\n".repeat(200) }]);
  });

  it("is described by its beginning when it does not fit into the context", async () => {
    const { model, asked } = modelThatSays(ANSWER);
    await extractKnowledge().process(
      { conversation: documentWith({ tags: [] }) },
      contextWith({ model, modelInfo: { contextTokens: 1_000, notes: [] } }),
    );
    expect(asked[0]?.prompt.length).toBeLessThan(3_000);
  });
});

describe("an answer in the wrong language", () => {
  const english = ANSWER.replace(
    "It only holds.",
    "It only holds, and that is all that the plant and the rock have to do with it.",
  );

  it("is asked for once more, and then left to a person", async () => {
    const { model } = modelThatSays(english);
    const japanese = extractKnowledge({ language: "Japanese" });
    const first = await Promise.resolve(
      japanese.process({ conversation: conversationWith() }, contextWith({ model })),
    ).catch((error: unknown) => error);
    expect(first).toMatchObject({ kind: "answer", message: "It was written in English: write it in Japanese." });
    const second = await japanese.process(
      { conversation: conversationWith() },
      contextWith({ model, complaint: "Again." }),
    );
    expect(isNoted(second)).toBe(true);
  });
});

describe("extractKnowledge with the extractive engine", () => {
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
        if (!isNoted(result)) {
          expect(result).toEqual(filterItem("no text"));
          return;
        }
        expect(result.notes[0]?.summary).not.toBe("");
        expect(result.notes[0]?.content).not.toBe("");
      }),
    );
  });
});
