import { describe, expect, it } from "vitest";
import { StepError } from "../failure/index.ts";
import { asEmbed, batchesOf, NO_EMBED } from "./embed-texts.ts";
import type { EmbedAnswer, EmbeddingModel } from "./embedding-model.ts";

/** A model that gives these vectors, and whose calls are kept. */
function modelOf(answer: (values: readonly string[]) => unknown, most: Partial<EmbeddingModel> = {}) {
  const calls: (readonly string[])[] = [];
  const model: EmbeddingModel = {
    id: "e",
    fingerprint: "e",
    lane: "e",
    ...most,
    check: async () => ({ notes: [] }),
    async embed({ values }) {
      calls.push(values);
      return { embeddings: answer(values), usage: { inputTokens: 7 } } as EmbedAnswer;
    },
  };
  return { embed: asEmbed(model), calls };
}

const lengths = (values: readonly string[]): readonly (readonly number[])[] => values.map((text) => [text.length, 1]);

describe("vectors of texts", () => {
  it("are one for a text, and a list for a list, in its order", async () => {
    const { embed, calls } = modelOf(lengths);
    expect(await embed("kelp")).toEqual([4, 1]);
    expect(await embed(["a", "bb", "a"])).toEqual([
      [1, 1],
      [2, 1],
      [1, 1],
    ]);
    expect(await embed([])).toEqual([]);
    expect(calls).toEqual([["kelp"], ["a", "bb", "a"]]);
  });

  it("come in several calls where one may not ask for so many", async () => {
    const { embed, calls } = modelOf(lengths, { mostValues: 2 });
    expect(await embed(["a", "bb", "ccc", "d", "e"])).toEqual(lengths(["a", "bb", "ccc", "d", "e"]));
    expect(calls).toEqual([["a", "bb"], ["ccc", "d"], ["e"]]);
  });

  it.each<[what: string, answer: (values: readonly string[]) => unknown, says: string]>([
    ["nothing", () => undefined, "there are none"],
    ["too few", () => [[1]], "1 came for 2 texts"],
    ["too many", () => [[1], [2], [3]], "3 came for 2 texts"],
    ["an empty one", () => [[1], []], "number 2 is empty"],
    ["what is none", () => [[1], "kelp"], "number 2 is empty"],
    ["NaN", () => [[1], [Number.NaN]], "number 2 has something in it that is no number"],
    ["infinity", () => [[Infinity], [1]], "number 1 has something in it that is no number"],
    ["null", () => [[null], [1]], "number 1 has something in it that is no number"],
    ["a hole", () => [Object.assign([], { length: 3 }), [1]], "number 1 has something in it that is no number"],
    ["other lengths", () => [[1], [1, 2]], "number 2 has 2 dimensions, and the first 1"],
  ])("are refused when there is %s", async (_what, answer, says) => {
    const { embed } = modelOf(answer);
    const failure = await embed(["a", "b"]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepError);
    expect(failure).toMatchObject({
      kind: "answer",
      message: `The vectors are not what was asked for: ${says}.`,
      usage: { inputTokens: 7, outputTokens: 0 },
    });
  });

  it("are refused when one call gives other ones than the next", async () => {
    let calls = 0;
    const { embed } = modelOf(() => [(calls += 1) === 1 ? [1] : [1, 2]], { mostValues: 1 });
    await expect(embed(["a", "b"])).rejects.toThrow("some have 1 dimensions, and some 2");
  });

  it("come in halves where a server does not take so many, and one that takes no text fails", async () => {
    const { embed, calls } = modelOf((values) => {
      if (values.join("").length > 4) throw new StepError("input_too_long", "too much");
      return lengths(values);
    });
    expect(await embed(["aa", "bb", "cc"])).toEqual(lengths(["aa", "bb", "cc"]));
    expect(calls).toEqual([["aa", "bb", "cc"], ["aa", "bb"], ["cc"]]);
    await expect(embed(["aa", "much too long"])).rejects.toMatchObject({ kind: "input_too_long" });
  });

  it("are of texts alone", async () => {
    const { embed, calls } = modelOf(lengths);
    await expect(embed(["a", 7] as never)).rejects.toThrow("Expected texts to embed, got number at 1.");
    expect(calls).toEqual([]);
  });

  it("are refused by a run that has no embedding model, with what to do", async () => {
    await expect(NO_EMBED("kelp")).rejects.toMatchObject({
      kind: "missing_model",
      message: expect.stringContaining("`embeddingModel` of `runPipeline`, `--embed`"),
    });
  });
});

describe("texts in calls", () => {
  const tokens = (text: string): number => text.length;
  it.each<[texts: readonly string[], most: { mostValues?: number; mostTokens?: number }, calls: readonly string[][]]>([
    [[], {}, []],
    [["a", "b"], {}, [["a", "b"]]],
    [["a", "b"], { mostValues: 1 }, [["a"], ["b"]]],
    [["aa", "bb", "c"], { mostTokens: 4 }, [["aa", "bb"], ["c"]]],
    [["a", "much too long", "b"], { mostTokens: 4 }, [["a"], ["much too long"], ["b"]]],
    [["", ""], { mostTokens: 1 }, [["", ""]]],
  ])("%j within %j are %j", (texts, most, calls) => {
    expect(batchesOf(texts, most, tokens)).toEqual(calls);
  });
});
