import { describe, expect, it } from "vitest";
import { conversationWith } from "../fixtures/conversation.ts";
import { promptsWith } from "../prompts/index.ts";
import { requestFor } from "./ask-note.ts";
import { questionAbout } from "./chat-question.ts";

const COMPLAINT = "The answer was empty.";
const refusalsIn = (prompt: string): number =>
  prompt.split(`Your previous answer was refused: ${COMPLAINT}`).length - 1;

describe("a question that is asked again", () => {
  const question = questionAbout(conversationWith());

  it("says once what was wrong, whether the prompt has a place for it or not", () => {
    const own = "Write a note.\n\n{conversation}\n\n{form}\n";
    for (const prompts of [promptsWith(), promptsWith({ note: own }), promptsWith({ note: `${own}\n{complaint}\n` })]) {
      expect(refusalsIn(requestFor(question, { prompts }, COMPLAINT).prompt)).toBe(1);
      expect(requestFor(question, { prompts }, undefined).prompt).not.toContain("refused");
    }
  });
});
