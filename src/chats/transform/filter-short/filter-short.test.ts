import { describe, expect, it } from "vitest";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith, message } from "../fixtures/conversation.ts";
import { filterItem } from "../../../core/pipeline/outcome.ts";
import { filterShort } from "./filter-short.ts";

const said = (count: number) =>
  conversationWith({
    messages: Array.from({ length: count }, (_, at) => message(at % 2 === 0 ? "user" : "assistant", `Message ${at}`)),
  });

describe("filterShort", () => {
  it.each([
    { count: 0, reason: "no messages" },
    { count: 1, reason: "fewer than 3 messages" },
    { count: 2, reason: "fewer than 3 messages" },
  ])("filters a conversation of $count messages: $reason", ({ count, reason }) => {
    expect(filterShort().process(said(count), contextWith())).toEqual(filterItem(reason));
  });

  it.each([3, 4])("lets a conversation of %d messages through unchanged", (count) => {
    const conversation = said(count);
    expect(filterShort().process(conversation, contextWith())).toBe(conversation);
  });

  it("names its own limit in the reason", () => {
    expect(filterShort({ minMessages: 5 }).process(said(4), contextWith())).toEqual(
      filterItem("fewer than 5 messages"),
    );
  });

  it("does not count what tools and the system said", () => {
    const conversation = conversationWith({
      messages: [
        message("system", "Be kind."),
        message("user", "Hello"),
        message("tool", "42"),
        message("assistant", "Hi"),
      ],
    });
    expect(filterShort().process(conversation, contextWith())).toEqual(filterItem("fewer than 3 messages"));
  });

  it("lets a document through, which is one message, but for an empty one", () => {
    const document = conversationWith({ document: { body: "Kelp" }, messages: [message("user", "Kelp")] });
    expect(filterShort().process(document, contextWith())).toBe(document);
    const empty = conversationWith({ document: { body: "" }, messages: [] });
    expect(filterShort().process(empty, contextWith())).toEqual(filterItem("no messages"));
  });

  it("lets everything through at a limit of 0", () => {
    const conversation = said(0);
    expect(filterShort({ minMessages: 0 }).process(conversation, contextWith())).toBe(conversation);
  });

  it.each([-1, 1.5, Number.NaN])("refuses a limit of %d when it is made", (minMessages) => {
    expect(() => filterShort({ minMessages })).toThrow("Expected `minMessages` to be a whole number >= 0");
  });
});
