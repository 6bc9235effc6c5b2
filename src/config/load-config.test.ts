import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.ts";
import type { SETTINGS } from "./settings.ts";

const newFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), "holdfast-config-")));

/** What comes of a file with these settings. */
async function loaded(settings: unknown, env = {}): Promise<unknown> {
  const startFolder = newFolder();
  writeFileSync(join(startFolder, "holdfast.config.json"), JSON.stringify(settings));
  return (await loadConfig({ startFolder, env })).config;
}

const price = { inputPerMillion: 0.15, outputPerMillion: 0 };

/** A value that is taken and one that is not, for every setting there is. */
const VALUES: Readonly<Record<Exclude<keyof typeof SETTINGS, "model">, readonly [good: unknown, bad: unknown]>> = {
  llm: ["ollama:llama3.2", ""],
  fallback: [["openai:gpt-5-mini", "extractive"], "extractive"],
  embed: ["ollama:nomic-embed-text", ""],
  ollamaUrl: ["gpu-box:11434", 11434],
  openaiUrl: ["https://api.example/v1", ""],
  numCtx: [8192, 0],
  concurrency: [1, 1.5],
  window: [10_000, 10_001],
  maxOutputTokens: [4096, 0],
  temperature: [0.2, -1],
  modelOptions: [{ reasoning_effort: "low", seed: 7 }, "low"],
  modelHeaders: [{ "OpenAI-Organization": "org-1" }, { a: 1 }],
  maxAttempts: [1, "1"],
  minWait: [0, -1],
  maxWait: [0.5, "2s"],
  stepTimeout: ["10m", "0s"],
  attemptTimeout: ["1.5s", 90],
  maxOutage: [0, null],
  requestsPerSecond: [50, 0.5],
  requestsPerMinute: [60, 0],
  tokensPerMinute: [1, -1],
  engine: ["bullmq", "remote"],
  redis: ["rediss://queue:6380/1", "http://queue"],
  postgres: ["postgres://app@db/holdfast", "redis://queue"],
  allowVolatile: [true, 1],
  prices: [{ "openai:gpt-x": price }, { "openai:gpt-x": { ...price, perCall: 1 } }],
  failOnError: ["2.5%", "101%"],
  maxCost: [0.01, 0],
  maxTokens: [1, 0.1],
  maxConsecutiveFailures: [5, 0],
  out: ["/notes", ""],
  minMessages: [0, -1],
  branches: ["all", "some"],
  onEdited: ["sibling", "ask"],
  layout: ["by-date", "by-month"],
  language: ["Japanese", ""],
  prompts: ["/prompts", 1],
  answer: ["json", "yaml"],
  quality: [{ droppedCode: 0.5 }, { droppedCode: 2 }],
  organize: [
    { rules: [{ genre: "science", when: { tags: ["kelp"] } }], folders: "{genre}" },
    { rules: [{ when: {} }] },
  ],
};

describe("loadConfig", () => {
  it.each(Object.entries(VALUES))("takes a good `%s` and names a bad one", async (name, [good, bad]) => {
    expect(await loaded({ [name]: good })).toEqual({ [name]: good });
    await expect(loaded({ [name]: bad })).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`Expected \`${name}\` to be `),
      hint: { kind: "fix_config" },
    });
  });

  it.each([
    ["a model", `{ id: "m", fingerprint: "f", check() {}, generate() {} }`, undefined],
    ["a provider's own model", `{ modelId: "m", doStream() {}, key: "kelp-holds" }`, "got an object that is none"],
    ["a name", `"ollama:llama3.2"`, "got 'ollama:llama3.2'"],
  ])("looks at what `model` is: %s", async (_, model, complaint) => {
    const startFolder = newFolder();
    writeFileSync(join(startFolder, "holdfast.config.mjs"), `export default { model: ${model} };`);
    const read = loadConfig({ startFolder });
    if (complaint === undefined) return expect((await read).config.model?.id).toBe("m");
    await expect(read).rejects.toThrow(complaint);
    return expect(read).rejects.toThrow("Expected `model` to be a model of holdfast/llm, such as createAiSdk(");
  });

  it("takes one model", async () => {
    const startFolder = newFolder();
    const model = `{ id: "m", fingerprint: "f", check() {}, generate() {} }`;
    writeFileSync(join(startFolder, "holdfast.config.mjs"), `export default { llm: "extractive", model: ${model} };`);
    await expect(loadConfig({ startFolder })).rejects.toThrow("Expected one of `llm` and `model`, got both.");
  });

  it("names every setting that is wrong, and where in it", async () => {
    const wrong = { window: 0, prices: { m: { inputPerMillion: "free", outputPerMillion: 0 } }, colour: 1 };
    await expect(loaded(wrong)).rejects.toThrow(
      /`window`.*`prices`.*at m\.inputPerMillion: .*There is no setting `colour`\. The settings are llm, /s,
    );
  });

  it.each(["apiKey", "OPENAI_API_KEY", "token", "password", "clientSecret"])(
    "refuses %s: it is a secret",
    async (name) => {
      await expect(loaded({ [name]: "kelp" })).rejects.toThrow(`\`${name}\` looks like a secret by its name`);
    },
  );

  it("refuses the value of a secret of the environment, and does not repeat it", async () => {
    const env = { MODEL_API_KEY: "kelp-holds-the-rock" };
    const refused = loaded({ llm: `ollama:${env.MODEL_API_KEY}` }, env);
    await expect(refused).rejects.toThrow("`llm` holds a secret");
    await expect(refused).rejects.not.toThrow(env.MODEL_API_KEY);
  });

  it("takes the nearest file upwards, and none where there is none", async () => {
    const startFolder = newFolder();
    const below = join(startFolder, "a/b");
    mkdirSync(below, { recursive: true });
    expect(await loadConfig({ startFolder: below })).toEqual({ config: {} });
    const [far, near] = [join(startFolder, "holdfast.config.json"), join(startFolder, "a/holdfast.config.mjs")];
    writeFileSync(far, '{ "window": 1 }');
    expect(await loadConfig({ startFolder: below })).toEqual({ path: far, config: { window: 1 } });
    writeFileSync(near, "export default { window: 2 };");
    expect(await loadConfig({ startFolder: below })).toEqual({ path: near, config: { window: 2 } });
  });

  it("means paths from the file's folder, and `~` is the home folder", async () => {
    const startFolder = newFolder();
    const file = join(startFolder, "sub/mine.json");
    mkdirSync(join(startFolder, "sub"));
    writeFileSync(file, '{ "out": "notes" }');
    expect((await loadConfig({ startFolder, file: "sub/mine.json" })).config.out).toBe(join(startFolder, "sub/notes"));
    writeFileSync(file, '{ "out": "~/notes" }');
    expect((await loadConfig({ startFolder, file })).config.out).toBe(join(homedir(), "notes"));
  });

  it("says what is wrong with JSON that is none", async () => {
    const startFolder = newFolder();
    writeFileSync(join(startFolder, "holdfast.config.json"), '{ "window": 1, }');
    await expect(loadConfig({ startFolder })).rejects.toMatchObject({ code: "usage", message: /line 1 column/ });
  });

  it.each(["model", ...Object.keys(VALUES)])("has its `%s` in the guide", (name) => {
    const guide = readFileSync(new URL("../../docs/guide/configuration.md", import.meta.url), "utf8");
    expect(guide).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"));
  });
});
