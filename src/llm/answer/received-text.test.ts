import { describe, expect, it } from "vitest";
import type { AnswerPart } from "../../core/model/index.ts";
import { RawAnswer } from "./raw-answer.ts";
import { ReceivedText, type ReceivedPart } from "./received-text.ts";

const collect = (maxOutputTokens: number, onPart?: (part: AnswerPart) => void): ReceivedText =>
  new ReceivedText({ maxOutputTokens, onPart, evidence: () => ({ rawAnswer: "came" }) });

describe("a received text", () => {
  it("is what came, in its order, and is told as it comes", () => {
    const parts: AnswerPart[] = [];
    const text = collect(100, (part) => parts.push(part));
    for (const part of [{ thinking: "hm " }, { text: "Kelp " }, {}, { text: "grips." }, { text: "", thinking: "hm" }]) {
      text.add(part);
    }
    expect([text.text, text.thinking]).toEqual(["Kelp grips.", "hm hm"]);
    expect(parts).toEqual([{ thinking: "hm " }, { text: "Kelp " }, { text: "grips." }, { thinking: "hm" }]);
  });

  it.each<readonly [string, ReceivedPart]>([
    ["text", { text: "and so on " }],
    ["thinking", { thinking: "and so on " }],
    ["Japanese", { text: "などなど" }],
    ["a refusal", { refusal: "I cannot and will not " }],
    ["pieces with nothing in them", {}],
  ])("without an end is cut off, whatever the server was told: %s", (_, part) => {
    const text = collect(100);
    const endless = (): void => {
      for (let n = 0; n < 10_000; n += 1) text.add(part);
    };
    expect(endless).toThrow(
      expect.objectContaining({
        kind: "answer",
        cutOffBy: "cap",
        rawAnswer: "came",
        message: expect.stringContaining("it may have at most 100, and the server went on"),
      }),
    );
  });

  it("of any length is taken when it came whole: there is nothing left to save", () => {
    const text = collect(100);
    text.add({ text: "x".repeat(1_000_000) }, { isWhole: true });
    expect(text.text).toHaveLength(1_000_000);
  });

  it.each(["four", "猫猫猫猫"])(
    "of the length that was allowed is never cut, by any reading of what a token is: %s",
    (token) => {
      const text = collect(1000);
      // A token of a language model has at most some four letters on average, or one or two signs.
      for (let n = 0; n < 1000; n += 1) text.add({ text: token.slice(0, token === "four" ? 4 : 2) });
      expect(text.text.length).toBeGreaterThan(0);
    },
  );
});

describe("a raw answer", () => {
  it("is kept whole", () => {
    const raw = new RawAnswer();
    for (const piece of ["a", "", "bc"]) raw.add(piece);
    expect(raw.text).toBe("abc");
  });

  it("of any length takes a bounded room, and says what is left out", () => {
    const raw = new RawAnswer();
    raw.add("<begin>");
    for (let n = 0; n < 5_000; n += 1) raw.add("x".repeat(1_000));
    raw.add("<end>");
    const { text } = raw;
    expect(text.length).toBeLessThan(400_000);
    expect(text.startsWith("<begin>xxx")).toBe(true);
    expect(text.endsWith("xxx<end>")).toBe(true);
    const left = Number(/\[(\d+) characters are left out here\]/.exec(text)?.[1]);
    expect(left + text.length).toBe(5_000_012 + `\n[${left} characters are left out here]\n`.length);
  });

  it("is whole when it is just below the bound", () => {
    const raw = new RawAnswer();
    raw.add("a".repeat(300_000));
    expect(raw.text).toBe("a".repeat(300_000));
  });
});
