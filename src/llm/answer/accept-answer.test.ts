import { describe, expect, it } from "vitest";
import type { StepError } from "../../core/failure/index.ts";
import { acceptAnswer, type ReceivedAnswer } from "./accept-answer.ts";

const received: ReceivedAnswer = {
  text: "Kelp grips rock.",
  thinking: "",
  ending: "stop",
  usage: { inputTokens: 10, outputTokens: 4 },
  maxOutputTokens: 100,
};

const evidence = () => ({ request: "asked", rawAnswer: "came" });

function failureOf(given: Partial<ReceivedAnswer>): StepError {
  try {
    acceptAnswer({ ...received, ...given }, evidence);
  } catch (error) {
    return error as StepError;
  }
  throw new Error("It was taken for an answer.");
}

describe("an answer", () => {
  it("is whole with a word that means so", () => {
    expect(acceptAnswer(received, evidence)).toEqual({ text: received.text, usage: received.usage });
  });

  it.each<readonly [string, Partial<ReceivedAnswer>, string, string]>([
    [
      "that nothing ended",
      { ending: undefined },
      "transient",
      "The answer ended before it was finished; 16 characters had arrived.",
    ],
    [
      "that ended with a word that nobody knows",
      { ending: "insufficient_mood" },
      "transient",
      'The answer ended for a reason that is not known to mean that it is whole: "insufficient_mood".',
    ],
    ["that its server broke off", { ending: "abort" }, "transient", 'The server broke the answer off ("abort").'],
    ["that was filtered", { ending: "SAFETY" }, "input", `The server's content filter cut the answer off ("SAFETY").`],
    [
      "that is a call of a tool",
      { ending: "tool_calls", text: "" },
      "answer",
      'The model called a tool in place of an answer, and there is none ("tool_calls").',
    ],
    ["that is a refusal", { refusal: "No." }, "answer", "The model refused: No."],
    ["that is empty", { text: " \n" }, "answer", "The answer was empty."],
    [
      "that is all thinking",
      { text: "", thinking: "hm hm" },
      "answer",
      "The answer was empty: the model used it all for thinking (5 characters).",
    ],
  ])("%s is a failure with what it has used", (_, given, kind, message) => {
    expect(failureOf(given)).toMatchObject({
      kind,
      message,
      usage: received.usage,
      request: "asked",
      rawAnswer: "came",
      cutOffBy: undefined,
    });
  });

  it.each<readonly [string, Partial<ReceivedAnswer>, string, string]>([
    [
      "at its cap",
      { ending: "length", usage: { outputTokens: 100 } },
      "cap",
      "The answer was cut off after 100 tokens: it may have at most 100.",
    ],
    [
      "before its cap",
      { ending: "length", usage: { outputTokens: 90 } },
      "context",
      "The answer was cut off after 90 tokens: the model's context was full.",
    ],
    [
      "with a word for the context",
      { ending: "model_length", usage: { outputTokens: 100 } },
      "context",
      "The answer was cut off after 100 tokens: the model's context was full.",
    ],
    [
      "at all that the prompt leaves free",
      { ending: "length", usage: { outputTokens: 100 }, cappedBy: "context" },
      "context",
      "The answer was cut off after 100 tokens: the model's context was full.",
    ],
    [
      "at a cap that was lowered to what the prompt leaves free, in a word that means a cap",
      { ending: "max_tokens", usage: { outputTokens: 100 }, cappedBy: "context" },
      "context",
      "The answer was cut off after 100 tokens: the model's context was full.",
    ],
    [
      "without a count",
      { ending: "length", usage: {} },
      "cap",
      "The answer was cut off: it may have at most 100, or the model's context was full.",
    ],
    [
      "while it was thinking",
      { ending: "max_tokens", text: "", thinking: "hm hm", usage: { outputTokens: 100 } },
      "cap",
      "The answer was cut off after 100 tokens, all of them of thinking (5 characters): it may have at most 100.",
    ],
  ])("that was cut off %s says by what", (_, given, cutOffBy, message) => {
    expect(failureOf(given)).toMatchObject({ kind: "answer", cutOffBy, message });
  });

  it("leaves what nobody has counted to be estimated", () => {
    expect(failureOf({ ending: "length", usage: {} }).usage).toBeUndefined();
    expect(failureOf({ ending: "length", usage: { outputTokens: -1 } }).usage).toBeUndefined();
  });
});
