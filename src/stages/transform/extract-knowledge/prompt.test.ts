import { describe, expect, it } from "vitest";
import { buildPrompt, PLACEHOLDERS } from "./prompt.ts";

describe("buildPrompt", () => {
  it("shows the whole form after the conversation", () => {
    const prompt = buildPrompt("[User]\nHello", {});
    expect(prompt.indexOf("[User]\nHello")).toBeLessThan(prompt.indexOf(`# ${PLACEHOLDERS.title}`));
    expect(prompt).toContain(
      `## Summary\n\n${PLACEHOLDERS.summary}\n\n## Tags\n\n${PLACEHOLDERS.tags}\n\n## Content\n\n${PLACEHOLDERS.content}`,
    );
  });

  it("keeps the language of the conversation unless told otherwise", () => {
    expect(buildPrompt("x", {})).toContain("Write in the language that most of the conversation is in.");
    expect(buildPrompt("x", { language: "French" })).toContain("Write in French.");
  });

  it.each([
    { length: 1_999, asks: "Make it as long as it needs to be." },
    { length: 2_000, asks: "Write at least 400 characters." },
    { length: 5_000, asks: "Write at least 750 characters." },
    { length: 10_000, asks: "Write at least 1000 characters." },
  ])("asks for content that fits $length characters of conversation: $asks", ({ length, asks }) => {
    expect(buildPrompt("x".repeat(length), {})).toContain(asks);
  });

  it("ends with the complaint when it asks again", () => {
    const prompt = buildPrompt("x", { complaint: "The title was the placeholder of the example." });
    expect(prompt.trimEnd()).toMatch(
      /refused: The title was the placeholder of the example\. Write the whole note again, in the form above\.$/,
    );
  });
});
