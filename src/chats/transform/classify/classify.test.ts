import { describe, expect, test } from "vitest";
import { StepError } from "../../../core/failure/failure.ts";
import type { GenerateRequest } from "../../../core/model/language-model.ts";
import { sendToReview } from "../../../core/pipeline/outcome.ts";
import type { SourceNote } from "../../extract/notes/index.ts";
import { contextWith } from "../fixtures/context.ts";
import { classify } from "./classify.ts";
import type { OrganizeSettings } from "./rules.ts";

const note: SourceNote = { path: "Kelp.md", text: "Kelp grips rock.", hash: "h", title: "Kelp", tags: ["#sea weed"] };
const rules = [
  { genre: "science", topic: "algae", when: { words: "kelp" } },
  { genre: "other", when: { title: "other" } },
];

/** A model that gives one answer, and what it was asked. */
function modelOf(text: string) {
  const asked: GenerateRequest[] = [];
  const model = {
    ...contextWith({}).model,
    id: "ollama:test",
    generate: async (request: GenerateRequest) => {
      asked.push(request);
      return { text, usage: {} };
    },
  };
  return { model, asked };
}

const run = (
  of: Partial<SourceNote>,
  settings: OrganizeSettings,
  more: Parameters<typeof contextWith>[0] = {},
): unknown => classify(settings).process({ ...note, ...of }, contextWith(more));

const extractive = { model: { ...contextWith({}).model, id: "extractive" } };

describe("a note", () => {
  test("is what its own front matter says, before any rule", async () => {
    expect(await run({ genre: "mine", topic: "own" }, { rules })).toEqual({
      path: "Kelp.md",
      hash: "h",
      genre: "mine",
      topic: "own",
    });
  });

  test("is what the first rule that fits says, without a call", async () => {
    const { model, asked } = modelOf("");
    expect(await run({}, { rules }, { model })).toEqual({
      path: "Kelp.md",
      hash: "h",
      genre: "science",
      topic: "algae",
    });
    expect(asked).toEqual([]);
  });

  test("has its first tag for a topic when nobody gives one, and that is a guess", async () => {
    expect(await run({ title: "Other", text: "" }, { rules })).toEqual({
      path: "Kelp.md",
      hash: "h",
      genre: "other",
      topic: "sea-weed",
      isGuess: true,
    });
    expect(await run({ title: "Other", text: "", tags: [] }, { rules })).toEqual({
      path: "Kelp.md",
      hash: "h",
      genre: "other",
    });
  });

  test("without a rule that fits goes on for review when there is no model", async () => {
    const reason = "no rule fits";
    expect(await run({ title: "Wrack", text: "" }, { rules }, extractive)).toEqual(
      sendToReview(reason, { path: "Kelp.md", hash: "h", reason }),
    );
  });

  test("without a rule that fits is what the model says, and the model is told genres, topics and the complaint", async () => {
    const { model, asked } = modelOf("Genre: history\nTopic: ships");
    const settings = { rules, genres: ["history"] };
    expect(
      await run({ title: "Wrack", text: "---\nsecret: 1\n---\nOld ships" }, settings, {
        model,
        complaint: "Too vague.",
      }),
    ).toMatchObject({ genre: "history", topic: "ships" });
    const prompt = asked[0]?.prompt ?? "";
    expect(prompt).toContain("- science\n- other\n- history\n- none\n");
    expect(prompt).toContain("Topics that are in use already: algae.");
    expect(prompt).toContain("Your previous answer was refused: Too vague.");
    expect(prompt).toContain("Old ships");
    expect(prompt).not.toContain("secret");
  });

  test("goes on for review when the model finds no genre, and fails with the answer when it names none of the list", async () => {
    const reason = "the model found no genre that fits";
    expect(await run({}, {}, { model: modelOf("Genre: none").model })).toEqual(
      sendToReview(reason, { path: "Kelp.md", hash: "h", reason }),
    );
    await expect(run({}, {}, { model: modelOf("Genre: odd").model })).rejects.toMatchObject({
      kind: "answer",
      rawAnswer: "Genre: odd",
    });
    await expect(run({}, {}, { model: modelOf("Genre: odd").model })).rejects.toBeInstanceOf(StepError);
  });
});
