import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Model } from "../../core/model/index.ts";
import { writeTinyGguf, type TinyGgufOptions } from "../../testing/tiny-gguf/index.ts";
import { canRunLlama } from "./fixtures/can-run.ts";
import { createGguf, type GgufOptions } from "./index.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "holdfast-gguf-"));

/** A tiny model; one thread, because several only wait for each other over so little work. */
async function tiny(
  made: TinyGgufOptions = {},
  options: Partial<GgufOptions> = {},
): Promise<Model & Required<Pick<Model, "close" | "countTokens">>> {
  const file = await writeTinyGguf(join(newFolder(), "tiny.gguf"), made);
  const model = createGguf({ file, gpu: false, threads: 1, ...options });
  const { close = async () => {}, countTokens = () => 0 } = model;
  onTestFinished(close);
  return Object.assign(model, { close, countTokens });
}

const SAYS = "Kelp grips rock with a holdfast, and a holdfast is no root.";

const isPossible = await canRunLlama();

if (isPossible) {
  describe("a GGUF model in this process", () => {
    it("says before the run what it is and where it runs", async () => {
      const model = await tiny({ contextTokens: 4096 }, { contextTokens: 1024 });
      expect(await model.check()).toEqual({
        contextTokens: 1024,
        notes: ["tiny.gguf: 4,096 tokens of context, 1,024 used; runs on the CPU: expect it to be slow"],
      });
    });

    it("tells its context without being loaded", async () => {
      const model = await tiny({ contextTokens: 4096 });
      expect(await model.inspect?.()).toEqual({ contextTokens: 4096, notes: ["tiny.gguf: 4,096 tokens of context"] });
      expect(() => model.countTokens("kelp")).toThrow("Expected `check`");
    });

    it("uses no more context than the model was made for", { tags: "soak" }, async () => {
      const model = await tiny({ contextTokens: 512 }, { contextTokens: 100_000 });
      expect((await model.check()).contextTokens).toBe(512);
    });

    it("answers, counts both ways, and ends where the model ends", async () => {
      const model = await tiny({ says: SAYS });
      const { text, usage } = await model.generate({ system: "Be brief.", prompt: "What is kelp?" });
      expect(text).toBe(SAYS);
      expect(usage.inputTokens).toBeGreaterThan(10);
      expect(usage.outputTokens).toBeGreaterThan(8);
    });

    it("counts tokens with the model's own tokenizer", async () => {
      const model = await tiny();
      await model.check();
      const count = (text: string): number => model.countTokens(text);
      expect(count("kelp kelp kelp")).toBe(3);
      // One token for each letter it knows, and one for each byte of a letter that it does not know.
      expect(count("zq")).toBe(3);
      expect(count("猫") - count("")).toBeGreaterThanOrEqual(3);
    });

    it(
      "takes a prompt up to its context, and refuses one more token instead of cutting it",
      { tags: "soak" },
      async () => {
        const model = await tiny({ says: "yes", contextTokens: 512 });
        const ask = (words: number) => model.generate({ prompt: " kelp".repeat(words) });
        const { usage } = await ask(400);
        const around = (usage.inputTokens ?? 0) - 400;
        const most = 512 - around;
        await expect(ask(most + 1)).rejects.toMatchObject({
          kind: "input_too_long",
          message: expect.stringContaining("prompt and answer together may have 512"),
        });
        expect((await ask(most - 6)).text).toBe("yes");
      },
    );

    it("takes an answer that reached the limit for no answer, and keeps what came", async () => {
      const model = await tiny({ says: SAYS, isEndless: true });
      await expect(model.generate({ prompt: "?", maxOutputTokens: 5 })).rejects.toMatchObject({
        kind: "answer",
        message: "The answer was cut off after 5 tokens: it may have at most 5.",
        rawAnswer: expect.stringMatching(/^Kelp grips/),
        cutOffBy: "cap",
        usage: { inputTokens: expect.any(Number), outputTokens: 5 },
      });
    });

    it("takes an answer that filled the context for no answer", { tags: "soak" }, async () => {
      const model = await tiny({ says: SAYS, isEndless: true, contextTokens: 512 });
      await expect(model.generate({ prompt: " kelp".repeat(440) })).rejects.toMatchObject({
        kind: "answer",
        message: expect.stringContaining("the model's context was full"),
        cutOffBy: "context",
      });
    });

    it("holds the answer to a schema", async () => {
      const model = await tiny({ says: SAYS });
      const { text } = await model.generate({ prompt: "?", responseSchema: { type: "string", enum: ["kelp"] } });
      expect(JSON.parse(text)).toBe("kelp");
    });

    it("stops at once when the signal aborts, with its reason", async () => {
      const model = await tiny({ says: SAYS, isEndless: true });
      await model.check();
      const control = new AbortController();
      const asked = model.generate({ prompt: "?", signal: control.signal });
      setTimeout(() => control.abort(new Error("enough")), 50);
      await expect(asked).rejects.toThrow("enough");
      await expect(model.generate({ prompt: "?", signal: control.signal })).rejects.toThrow("enough");
    });

    it.each([1, 2])("answers calls at the same time with %i contexts, each for itself", async (concurrency) => {
      const model = await tiny({ says: SAYS }, { concurrency });
      const answers = await Promise.all(["a", "b", "c"].map((prompt) => model.generate({ prompt })));
      expect(answers.map(({ text }) => text)).toEqual([SAYS, SAYS, SAYS]);
    });

    it("gives its memory back when closed, and takes it up again with the next call", { tags: "soak" }, async () => {
      const model = await tiny({ says: SAYS });
      await model.check();
      await model.close();
      expect(() => model.countTokens("kelp")).toThrow("Expected `check`");
      expect((await model.generate({ prompt: "?" })).text).toBe(SAYS);
    });

    it("has another fingerprint for another file of the same name", { tags: "soak" }, async () => {
      const [one, same, other] = [
        await tiny({ says: "one" }),
        await tiny({ says: "one" }),
        await tiny({ says: "two" }),
      ];
      for (const model of [one, same, other]) await model.check();
      expect(one.fingerprint).toBe(same.fingerprint);
      expect(one.fingerprint).not.toBe(other.fingerprint);
    });

    it("refuses a file that only begins like a model", async () => {
      const file = join(newFolder(), "broken.gguf");
      writeFileSync(file, "GGUF\x03\0\0\0 and then nothing of the kind");
      await expect(createGguf({ file, gpu: false }).check()).rejects.toMatchObject({
        code: "model_unusable",
        message: expect.stringContaining("The model broken.gguf cannot be loaded."),
      });
    });
  });
} else {
  describe("a GGUF model on a machine that llama.cpp has no build for", () => {
    it("is refused before the run, with the machine and a way out", async () => {
      await expect((await tiny()).check()).rejects.toMatchObject({
        code: "model_unusable",
        message: expect.stringContaining(`${process.platform} ${process.arch}`),
        hint: { kind: "build_llama" },
      });
    });
  });
}

describe("a path that is no GGUF model", () => {
  it.each([
    ["is missing", "tini.gguf", 'cannot be read. Did you mean "tiny.gguf"?'],
    ["is text", "notes.txt", "is not a GGUF file"],
    ["is a folder", "folder", "is not a GGUF file"],
    ["is empty", "empty.gguf", "is not a GGUF file"],
  ])("is refused when it %s", async (_, name, sentence) => {
    const folder = newFolder();
    await writeTinyGguf(join(folder, "tiny.gguf"));
    writeFileSync(join(folder, "notes.txt"), "notes");
    writeFileSync(join(folder, "empty.gguf"), "");
    mkdirSync(join(folder, "folder"));
    await expect(createGguf({ file: join(folder, name) }).check()).rejects.toMatchObject({
      code: "model_unusable",
      message: expect.stringContaining(sentence),
    });
  });

  it.each([
    [{ file: " " }, "Expected `file`"],
    [{ file: "x", contextTokens: 0 }, "Expected `contextTokens` to be a whole number above 0, got 0"],
  ])("is refused at once: %j", (options, message) => {
    expect(() => createGguf(options)).toThrow(message);
  });
});
