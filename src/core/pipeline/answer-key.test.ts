import { describe, expect, it } from "vitest";
import { answerKeys } from "./answer-key.ts";
import type { Model } from "../model/language-model.ts";
import type { RunnableStep } from "./runnable-step.ts";
import { StageType } from "../base/status.ts";

const ASK: RunnableStep = {
  name: "ask",
  version: 1,
  stage: StageType.transform,
  lane: "model",
  priority: 0,
  retry: {},
  cache: true,
  ownerOnly: false,
  settings: undefined,
  collects: false,
  validate: undefined,
  onError: undefined,
  process: (text: string) => text,
};

function keyOf(
  step: Partial<RunnableStep> = {},
  { content = "kelp", ...model }: { readonly content?: string } & Partial<Pick<Model, "fingerprint" | "lane">> = {},
): string | undefined {
  const setting = { pipeline: "p", model: { fingerprint: "f", lane: "ollama", ...model } };
  return answerKeys({ ...ASK, ...step }, content, setting)?.key;
}

const NO_CALLS = { lane: undefined };

describe("answerKeys", () => {
  it("is the same for the same work, and another one for another content, version or model", () => {
    const key = keyOf();
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf()).toBe(key);
    const others = [keyOf({}, { content: "rock" }), keyOf({ version: 2 }), keyOf({}, { fingerprint: "g" })];
    expect(new Set([key, ...others]).size).toBe(4);
  });

  it("is what it always was without an embedding model, and another one with each", () => {
    const setting = { pipeline: "p", model: { fingerprint: "f", lane: "ollama" } };
    const key = keyOf();
    expect(key).toBe("a831f32a456374406ec777b05bfc49ef68cdb088f7084e829ea79f342ca7590b");
    const keys = ["e", "g"].map(
      (fingerprint) => answerKeys(ASK, "kelp", { ...setting, embeddingModel: { fingerprint } })?.key,
    );
    expect(new Set([key, ...keys]).size).toBe(3);
  });

  it("is none for a step that did not ask for it", () => {
    expect(keyOf({ cache: false })).toBeUndefined();
  });

  it("is none for a step that only calls a model which makes no calls; a step with another API, or none named, has one", () => {
    expect(keyOf({}, NO_CALLS)).toBeUndefined();
    expect(keyOf({ lane: "translator" }, NO_CALLS)).toBeDefined();
    expect(keyOf({ lane: undefined }, NO_CALLS)).toBeDefined();
  });
});
