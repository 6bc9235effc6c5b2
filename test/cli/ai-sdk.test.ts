import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeAnthropic, startFakeGemini, startFakeOpenAI } from "../../src/entries/testing.ts";
import { noteFrom } from "../../src/testing/fake-server/note.ts";
import { startServed } from "../../src/llm/ai-sdk/fixtures/served.ts";
import { WIRES } from "../../src/llm/ai-sdk/fixtures/wires.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn, start } from "./holdfast.ts";

const KEY = "sk-kelp-on-a-rock-0123456789";
const EXPORT = join(root, "examples/claude-export");

/** A fake of a provider's API. */
interface Server extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly { readonly headers: object }[];
}

interface Named {
  readonly provider: string;
  readonly key: string;
  readonly address: string;
  readonly serve: (apiKey: string) => Promise<Server>;
}

const models = [{ id: "m" }] as const;

/** Mistral's own words for an answer and for a wrong key. */
function serveMistral(apiKey: string): Promise<Server> {
  const wire = WIRES["@ai-sdk/mistral"];
  return startServed((_, { headers, body }) => {
    if (wire === undefined || headers["authorization"] !== `Bearer ${apiKey}`) {
      return { status: 401, body: wire?.refuse(401, "invalid_api_key", "Unauthorized") ?? {} };
    }
    return { events: wire.write({ text: noteFrom(textsIn(body).join("\n")), ending: wire.endings.whole }) };
  });
}

const textsIn = (value: unknown): readonly string[] =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

const NAMED: readonly Named[] = [
  {
    provider: "anthropic",
    key: "ANTHROPIC_API_KEY",
    address: "ANTHROPIC_BASE_URL",
    serve: (apiKey) => startFakeAnthropic({ models, apiKey }),
  },
  {
    provider: "google",
    key: "GEMINI_API_KEY",
    address: "GOOGLE_GEMINI_BASE_URL",
    serve: (apiKey) => startFakeGemini({ models, apiKey }),
  },
  {
    provider: "mistral",
    key: "MISTRAL_API_KEY",
    address: "MISTRAL_BASE_URL",
    serve: serveMistral,
  },
];

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

describe.each(NAMED)("holdfast import --llm $provider:<model>", ({ provider, key, address, serve }) => {
  const args = ["import", EXPORT, "--out", "notes", "--llm", `${provider}:m`];

  it("writes the notes through the provider's own API, and leaves the key nowhere", async () => {
    await using served = await serve(KEY);
    const cwd = newProject();
    const ran = await holdfast([...args, "--num-ctx", "16384"], { cwd, env: { [key]: KEY, [address]: served.url } });
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining("m: 16,384 tokens of context") });
    expect(ran.stdout).toContain("17 items: 15 completed, 2 filtered");
    expect(JSON.stringify(served.calls[0]?.headers)).toContain(KEY);
    const written = [...filesIn(join(cwd, "notes")), ...filesIn(join(cwd, ".holdfast"))];
    expect(written.filter((file) => readFileSync(file).includes(KEY))).toEqual([]);
    expect(ran.stdout + ran.stderr).not.toContain(KEY);
  });

  it("says which variable holds the key, and begins nothing", async () => {
    const cwd = newProject();
    const ran = await holdfast(args, { cwd, env: { [key]: "" } });
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining(key) });
    expect(readdirSync(cwd)).not.toContain("notes");
  });

  it("says that a key is wrong, without the key", async () => {
    await using served = await serve("another key");
    const cwd = newProject();
    const ran = await holdfast(args, { cwd, env: { [key]: KEY, [address]: served.url } });
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("The server refuses our key") });
    expect(ran.stdout + ran.stderr).not.toContain(KEY);
  });

  it("refuses what would do nothing", async () => {
    const cwd = newProject();
    const ran = await holdfast([...args, "--openai-url", "http://127.0.0.1:1"], { cwd, env: { [key]: KEY } });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("--openai-url would do nothing") });
  });
});

const CONFIG = (more = "") => `
import { createOpenAI } from "@ai-sdk/openai";
import { createAiSdk } from "holdfast/llm";

const provider = createOpenAI({ baseURL: process.env.MODEL_ADDRESS, apiKey: "key-of-a-test" });
export default {
  model: createAiSdk(provider.chat(process.env.MODEL_NAME ?? "m"), { contextTokens: 16_384 }),
  minMessages: 0,${more}
};
`;

describe("a model object in holdfast.config.ts", () => {
  /** A folder with an export of two chats, and a configuration with a model. */
  function projectWithModel(more?: string): string {
    const cwd = newProject();
    writeClaudeExport(join(cwd, "chats"), 2);
    writeFileSync(join(cwd, "holdfast.config.ts"), CONFIG(more));
    return cwd;
  }
  const importing = ["import", "chats", "--out", "notes", "--min-wait", "0"];

  it("writes the notes, is planned with, and is taken again by resume and retry", async () => {
    await using server = await startFakeOpenAI({
      models: [{ id: "m" }],
      faults: (number) => (number === 2 ? "bad_request" : undefined),
    });
    const cwd = projectWithModel();
    const env = { MODEL_ADDRESS: server.url };
    const planned = await start(["plan", "chats", "--out", "notes"], { cwd, env }).finished;
    expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining("openai:m") });
    expect(server.calls).toHaveLength(0);

    const ran = await start(importing, { cwd, env }).finished;
    expect(ran).toMatchObject({ code: 4, stderr: expect.stringContaining("m: 16,384 tokens of context") });
    const id = sessionIdIn(ran);
    const session = readFileSync(join(cwd, ".holdfast/sessions", id, "session.json"), "utf8");
    expect(JSON.parse(session)).toMatchObject({ options: { model: { id: "openai:m" } } });
    expect(session).not.toContain("key-of-a-test");

    const other = await start(["retry", id], { cwd, env: { ...env, MODEL_NAME: "other" } }).finished;
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /began with the model openai:m of ".*", which has openai:other now\..*--llm <model>/s,
      ),
    });
    expect(await start(["retry", id], { cwd, env }).finished).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, "notes"))).toHaveLength(2);

    rmSync(join(cwd, "holdfast.config.ts"));
    const gone = await start(["resume", id], { cwd, env }).finished;
    expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("which is gone.") });
  });

  it("goes behind --llm, and takes no settings of other models", async () => {
    const cwd = projectWithModel();
    const env = { MODEL_ADDRESS: "http://127.0.0.1:9/v1" };
    const named = await start([...importing, "--llm", "extractive"], { cwd, env }).finished;
    expect(named).toMatchObject({ code: 0, stdout: expect.stringContaining("2 items: 2 completed") });
    const refused = await start([...importing, "--temperature", "0.2"], { cwd, env }).finished;
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--temperature would do nothing") });
    const idle = await start([...importing, "--ollama-url", "http://127.0.0.1:1"], { cwd, env }).finished;
    expect(idle).toMatchObject({ code: 1, stderr: expect.stringContaining("--ollama-url would do nothing") });
  });
});

it("says what to install where the provider's package is not", async () => {
  const cwd = newProject();
  const ran = await start(["import", EXPORT, "--out", "notes", "--llm", "anthropic:m"], {
    cwd,
    env: { ANTHROPIC_API_KEY: KEY, NODE_OPTIONS: `--import ${join(root, "test/cli/fixtures/without-packages.mjs")}` },
  }).finished;
  expect(ran).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /needs the package @ai-sdk\/anthropic, which is not installed\.\n.*npm install @ai-sdk\/anthropic@4\.0\.105/,
    ),
  });
});
