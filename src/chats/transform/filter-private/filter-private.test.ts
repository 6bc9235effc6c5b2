import { expect, it } from "vitest";
import { filterItem } from "../../../core/pipeline/outcome.ts";
import { contextWith } from "../fixtures/context.ts";
import { conversationWith } from "../fixtures/conversation.ts";
import { filterPrivate } from "./filter-private.ts";

it("filters a document that its author keeps back, with the author's reason", () => {
  const draft = conversationWith({ document: { body: "Kelp", withheld: "draft: true" } });
  expect(filterPrivate().process(draft, contextWith())).toEqual(filterItem("draft: true"));
});

it.each([conversationWith(), conversationWith({ document: { body: "Kelp" } })])(
  "lets everything else through",
  (one) => {
    expect(filterPrivate().process(one, contextWith())).toBe(one);
  },
);
