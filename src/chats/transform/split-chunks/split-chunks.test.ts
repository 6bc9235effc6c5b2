import { describe, expect, it } from "vitest";
import type { FanOut } from "../../../core/pipeline/outcome.ts";
import type { Conversation } from "../../conversation.ts";
import type { ChatPart } from "../chat-part.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { chunkBudget } from "./chunk-budget.ts";
import { splitChunks } from "./split-chunks.ts";

const long = conversationWith({
  messages: Array.from({ length: 40 }, (_, n) =>
    message(n % 2 === 0 ? "user" : "assistant", `${n} ${"kelp ".repeat(200)}`),
  ),
});

const split = (conversation: Conversation, contextTokens?: number): unknown =>
  splitChunks().process(
    conversation,
    contextWith({ modelInfo: { notes: [], ...(contextTokens !== undefined && { contextTokens }) } }),
  );

describe("chunkBudget", () => {
  it.each([
    [{ contextTokens: 4_096, promptTokens: 700 }, 2_134],
    [{ contextTokens: 8_192, promptTokens: 700 }, 4_899],
    [{ contextTokens: 131_072, promptTokens: 700 }, 113_648],
    [{ contextTokens: 512, promptTokens: 700 }, -400],
  ])("leaves room for the prompt, the answer and a margin: %j", (shares, tokens) => {
    expect(chunkBudget(shares)).toBe(tokens);
  });
});

describe("splitChunks", () => {
  it("passes on what fits, and everything when the model has no limit", () => {
    const short = conversationWith();
    expect(split(short, 4_096)).toEqual({ conversation: short });
    expect(split(long)).toEqual({ conversation: long });
  });

  it("fans out what does not fit; the first part carries the conversation", () => {
    const { children } = split(long, 4_096) as FanOut<ChatPart>;
    expect(children.map(({ id }) => id)).toEqual(["1", "2", "3", "4", "5"]);
    expect(children.map(({ content }) => content.conversation === long)).toEqual([true, ...Array(4).fill(false)]);
    expect(children.map(({ content }) => content.excerpt?.of)).toEqual(Array(5).fill(5));
    expect(children[1]?.content.excerpt).toMatchObject({
      number: 2,
      facts: "Title: How kelp holds on\nDate: 2026-01-19",
    });
  });

  it("asks the model's own tokenizer when it has one", () => {
    const model = { ...contextWith().model, countTokens: (text: string) => text.length };
    const ctx = contextWith({ model, modelInfo: { contextTokens: 16_384, notes: [] } });
    const { children } = splitChunks().process(long, ctx) as FanOut<ChatPart>;
    expect(children.length).toBeGreaterThan(4);
  });

  it("leaves a document alone that is kept as it is", () => {
    const document = { ...long, document: { body: "Kelp" } };
    expect(split(document, 4_096)).toEqual({ conversation: document });
  });

  it("says what to do when the prompt alone fills the context", () => {
    expect(() => split(long, 700)).toThrow(
      "has no room for a conversation besides the prompt. Use a larger context, or a shorter prompt.",
    );
  });
});
