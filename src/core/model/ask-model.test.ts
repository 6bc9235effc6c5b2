import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonValue } from "../base/index.ts";
import { asStepModel } from "./ask-model.ts";
import type { GenerateRequest, Model } from "./language-model.ts";

const Rating = z.object({ stars: z.int().min(1).max(5), reason: z.string() });

/** A model that gives these answers, one after the other, and what it was asked. */
function modelThatSays(...answers: readonly string[]) {
  const asked: GenerateRequest[] = [];
  const left = [...answers];
  const raw: Model = {
    id: "m",
    fingerprint: "f",
    lane: "api",
    check: async () => ({ notes: [] }),
    async generate(request) {
      asked.push(request);
      return { text: left.shift() ?? "", usage: { inputTokens: 1 } };
    },
  };
  return { model: asStepModel(raw), asked };
}

describe("a request with a schema", () => {
  it("asks for its form, and gives what the schema gives", async () => {
    const { model, asked } = modelThatSays('{"stars": 4, "reason": "It grips."}');
    const answer = await model.generate({ prompt: "Rate it.", schema: Rating });
    const stars: number = answer.object.stars;
    expect([stars, answer.object.reason, answer.usage]).toEqual([4, "It grips.", { inputTokens: 1 }]);
    expect(asked[0]).toMatchObject({
      prompt: "Rate it.",
      responseSchema: {
        type: "object",
        required: ["stars", "reason"],
        properties: { stars: { minimum: 1, maximum: 5 } },
      },
    });
    expect(asked[0]).not.toHaveProperty("schema");
    expect(JSON.stringify(asked[0]?.responseSchema)).not.toContain("$schema");
  });

  it.each<readonly [string, string, string]>([
    ["no JSON", "I would rather not.", "there is no JSON in it"],
    ["another form", '{"stars": 9, "reason": "It grips."}', "stars: "],
    ["a missing field", '{"stars": 3}', "reason: "],
  ])("refuses %s, and says so when it asks again", async (_, text, complaint) => {
    const { model, asked } = modelThatSays(text, '{"stars": 4, "reason": "It grips."}', '{"stars": 4, "reason": ""}');
    const request = { prompt: "Rate it.", system: "Be brief.", schema: Rating };
    await expect(model.generate(request)).rejects.toMatchObject({
      kind: "answer",
      message: expect.stringContaining(complaint),
      rawAnswer: text,
    });
    // Another request has another answer.
    expect((await model.generate({ prompt: "Rate that.", schema: Rating })).object.stars).toBe(4);
    expect(asked[1]?.prompt).toBe("Rate that.");
    await model.generate(request);
    expect(asked[2]?.prompt).toMatch(/^Rate it\.\n\nYour previous answer was refused: /);
    expect(asked[2]?.prompt).toContain(complaint);
    expect(asked[2]?.system).toBe("Be brief.");
  });

  it("forgets what was wrong once an answer is right", async () => {
    const { model, asked } = modelThatSays("no", '{"stars": 4, "reason": ""}', '{"stars": 4, "reason": ""}');
    const ask = () => model.generate({ prompt: "Rate it.", schema: Rating });
    await expect(ask()).rejects.toThrow("no JSON");
    await ask();
    await ask();
    expect(asked.map(({ prompt }) => prompt.includes("refused"))).toEqual([false, true, false]);
  });

  it("takes a JSON Schema, and checks by it", async () => {
    const schema = {
      type: "object",
      properties: { n: { type: "integer" } },
      required: ["n"],
      additionalProperties: false,
    };
    const { model, asked } = modelThatSays('{"n": 1}', '{"n": "one"}');
    const { object } = await model.generate({ prompt: "?", schema });
    const json: JsonValue = object;
    expect(json).toEqual({ n: 1 });
    expect(asked[0]?.responseSchema).toEqual(schema);
    await expect(model.generate({ prompt: "!", schema })).rejects.toMatchObject({
      kind: "answer",
      message: expect.stringContaining("n: "),
    });
  });

  it("checks by a schema that no JSON Schema can say, and asks for no form", async () => {
    const even = z.custom<number>((value) => typeof value === "number" && value % 2 === 0);
    const { model, asked } = modelThatSays("4", "5");
    expect((await model.generate({ prompt: "?", schema: even })).object).toBe(4);
    expect(asked[0]).not.toHaveProperty("responseSchema");
    await expect(model.generate({ prompt: "?", schema: even })).rejects.toMatchObject({ kind: "answer" });
  });

  it("gives what the schema makes of the answer", async () => {
    const { model } = modelThatSays('{"when": "2026-01-19"}');
    const schema = z.object({ when: z.string().transform((text) => text.length) });
    const { object } = await model.generate({ prompt: "?", schema });
    expect(object.when).toBe(10);
  });
});

describe("a request with messages", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", image: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) },
      ],
    },
  ] as const;

  it("has their text as its prompt, for who knows of no messages", async () => {
    const { model, asked } = modelThatSays("Kelp.");
    expect((await model.generate({ messages })).text).toBe("Kelp.");
    expect(asked[0]).toMatchObject({ prompt: "Be brief.\n\nWhat is this?", messages });
  });

  it("is asked again by one more message", async () => {
    const { model, asked } = modelThatSays("no", '{"stars": 1, "reason": ""}');
    await expect(model.generate({ messages, schema: Rating })).rejects.toThrow("no JSON");
    await model.generate({ messages, schema: Rating });
    expect(asked[1]?.messages).toHaveLength(3);
    expect(asked[1]?.messages?.at(-1)).toMatchObject({
      role: "user",
      content: expect.stringContaining("was refused: there is no JSON in it"),
    });
  });
});
