import { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama } from "../../src/entries/testing.ts";
import { conversation, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";

/** Notes of `llama3.2` have a title that says nothing; those of `qwen3` pass. */
const twoModels = (): Promise<FakeOllama> =>
  startFakeOllama({
    models: [{ name: "llama3.2" }, { name: "qwen3" }],
    answer: ({ model = "" }) =>
      [
        `# ${model.startsWith("qwen3") ? "What decides at sea" : "Untitled"}`,
        "## Summary\nThe weather decides, and somebody stays on watch.",
        "## Tags\nweather, watch, barometer",
        "## Content\nThe weather decides. Look at the barometer first, and write the times down before you leave.",
      ].join("\n\n"),
  });

/** A project with two notes in review. */
async function withReview(server: FakeOllama) {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), 2);
  const run = (...args: readonly string[]): Promise<Finished> =>
    holdfast(args, { cwd, env: { OLLAMA_HOST: server.url } });
  const imported = await run("import", "chats", "--out", "notes", "--llm", "ollama:llama3.2");
  const files = (...folder: readonly string[]): readonly string[] =>
    readdirSync(join(cwd, "notes", ...folder)).filter((name) => name.endsWith(".md"));
  return { cwd, run, imported, id: sessionIdIn(imported), files };
}

const FIRST = "claude:00000000-0000-4000-8000-000000000000";
const SECOND = "claude:00000000-0000-4000-8000-000000000001";

describe("holdfast review", () => {
  it("lists the notes that wait, with reason, session and file", async () => {
    await using server = await twoModels();
    const { cwd, run, imported, id, files } = await withReview(server);
    expect(imported.stdout).toContain("2 items: 2 to review");
    expect(files("review")).toHaveLength(2);
    const listed = await run("review", "list");
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining("2 notes to review:") });
    for (const name of files("review")) expect(listed.stdout).toContain(`notes/review/${name}`);
    expect(listed.stdout).toContain(`(${FIRST}, session ${id})`);
    expect(listed.stdout).toMatch(/title/);
    const { items } = JSON.parse((await run("review", "list", "--json")).stdout);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      sessionId: id,
      reason: expect.any(String),
      outputPath: join(cwd, "notes/review", items[0].outputPath.split("/").at(-1)),
    });
  });

  it("shows one, named by its id, a part of it, or its file", { tags: "soak" }, async () => {
    await using server = await twoModels();
    const { run, files } = await withReview(server);
    for (const name of [FIRST, "000000000000", join("notes/review", files("review")[0] ?? "")]) {
      const shown = await run("review", "show", name);
      expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("https://claude.ai/chat/00000000") });
      expect(shown.stdout).toContain("allowPlaceholderTitle");
      expect(shown.stdout).toContain("holdfast review redo claude:");
    }
    const { title, thresholds } = JSON.parse((await run("review", "show", FIRST, "--json")).stdout);
    expect({ title, thresholds }).toEqual({
      title: "Untitled",
      thresholds: expect.objectContaining({ droppedCode: 0.8 }),
    });
    expect(await run("review", "show", "claude:")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("one of several"),
    });
    expect(await run("review", "show", "nobody")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("review list"),
    });
  });

  it("makes a note again with another model, and one that passes leaves the review folder", async () => {
    await using server = await twoModels();
    const { run, files, id } = await withReview(server);
    const redone = await run("review", "redo", FIRST, "--llm", "ollama:qwen3");
    expect(redone).toMatchObject({ code: 0, stderr: expect.stringContaining("Of 1 note to make again: 1 passed.") });
    expect(server.calls.map(({ body }) => body.model)).toEqual(["llama3.2", "llama3.2", "qwen3"]);
    expect(files()).toHaveLength(1);
    expect(files("review")).toHaveLength(1);
    const status = JSON.parse((await run("status", id, "--json")).stdout);
    expect(status.session.counts).toMatchObject({ completed: 1, review: 1 });

    const all = await run("review", "redo", "--all", "--llm", "ollama:qwen3", "--json");
    expect(all).toMatchObject({ code: 0, stderr: expect.stringContaining("1 passed") });
    expect(JSON.parse(all.stdout).session.counts).toMatchObject({ completed: 2, review: 0 });
    expect(files("review")).toEqual([]);
    expect((await run("review", "list")).stdout).toBe("No notes are in review.\n");
  });

  it(
    "asks the same model again in place of taking the kept answer, and says that the note is still in review",
    { tags: "soak" },
    async () => {
      await using server = await twoModels();
      const { run, files } = await withReview(server);
      const redone = await run("review", "redo", SECOND);
      expect(redone).toMatchObject({ code: 0, stderr: expect.stringContaining("1 still in review") });
      expect(server.calls).toHaveLength(3);
      expect(files("review")).toHaveLength(2);
    },
  );

  it(
    "makes a note again with prompts and a language that the session did not begin with",
    { tags: "soak" },
    async () => {
      await using server = await twoModels();
      const { run, cwd } = await withReview(server);
      expect(await run("review", "redo", FIRST, "--language", "Japanese")).toMatchObject({ code: 0 });
      expect(JSON.stringify(server.calls.at(-1)?.body)).toContain("Japanese");
      expect(await run("prompts", "mine")).toMatchObject({ code: 0 });
      const prompt = readdirSync(join(cwd, "mine")).find((name) => /extract|note|knowledge/.test(name)) ?? "";
      const file = join(cwd, "mine", prompt);
      writeFileSync(file, `Mind the tides.\n${readFileSync(file, "utf8")}`);
      expect(await run("review", "redo", FIRST, "--prompts", "mine")).toMatchObject({ code: 0 });
      expect(JSON.stringify(server.calls.at(-1)?.body)).toContain("Mind the tides.");
    },
  );

  it("accepts notes as they are and as they were edited, and the next import neither makes them again nor touches them", async () => {
    await using server = await twoModels();
    const { run, cwd, files } = await withReview(server);
    const [first = "", second = ""] = files("review");
    appendFileSync(join(cwd, "notes/review", first), "\nMy own words.\n");
    const accepted = await run("review", "accept", join("notes/review", first));
    expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining("(as you edited it)") });
    expect(await run("review", "accept", "--all")).toMatchObject({ code: 0 });
    expect(files("review")).toEqual([]);
    expect(files()).toHaveLength(2);
    const texts = files().map((name) => readFileSync(join(cwd, "notes", name), "utf8"));
    for (const text of texts) expect(text).not.toContain("review_reason");
    const again = await run("import", "chats", "--out", "notes", "--llm", "ollama:llama3.2");
    expect(again.stdout).toContain("skipped: 2 x unchanged since the last import");
    expect(server.calls).toHaveLength(2);

    const chats = [0, 1].map((n) => {
      const chat = conversation(n) as { chat_messages: object[] };
      chat.chat_messages.push({ uuid: `m${n}`, sender: "human", text: "And how deep is it?" });
      return chat;
    });
    writeFileSync(join(cwd, "chats/conversations.json"), JSON.stringify(chats));
    const grown = await run("import", "chats", "--out", "notes", "--llm", "ollama:qwen3");
    expect(grown.stdout).toContain("2 items: 1 completed, 1 skipped");
    expect(grown.stdout).toContain("skipped: 1 x edited by you, kept as it is");
    expect(server.calls).toHaveLength(3);
    expect(second).not.toBe(first);
  });

  it(
    "makes notes of several sessions again, but with --json says which command to run for each",
    { tags: "soak" },
    async () => {
      await using server = await twoModels();
      const { run, cwd, id } = await withReview(server);
      writeClaudeExport(join(cwd, "chats"), 3);
      const second = sessionIdIn(await run("import", "chats", "--out", "notes", "--llm", "ollama:llama3.2"));
      const refused = await run("review", "redo", "--all", "--llm", "ollama:qwen3", "--json");
      expect(refused.code).toBe(1);
      for (const session of [id, second]) {
        expect(refused.stderr).toContain(
          `\`holdfast review redo --all --session ${session} --llm ollama:qwen3 --json\``,
        );
      }
      expect(await run("review", "redo", "--all", "--llm", "ollama:qwen3")).toMatchObject({ code: 0 });
      expect((await run("review", "list")).stdout).toBe("No notes are in review.\n");
    },
  );

  it(
    "leaves out a note that somebody took out of the folder, and changes nothing without a choice",
    { tags: "soak" },
    async () => {
      await using server = await twoModels();
      const { run, cwd, files } = await withReview(server);
      const [name = ""] = files("review");
      expect(await run("review", "redo")).toMatchObject({ code: 1, stderr: expect.stringContaining("--all") });
      expect(server.calls).toHaveLength(2);
      rmSync(join(cwd, "notes/review", name));
      expect((await run("review", "list")).stdout).toContain("1 note to review:");
      expect(existsSync(join(cwd, "notes/review", name))).toBe(false);
    },
  );

  it("says that there is nothing in a workspace without sessions", { tags: "soak" }, async () => {
    const cwd = newProject();
    expect(await holdfast(["review", "list"], { cwd })).toMatchObject({ code: 0, stdout: "No notes are in review.\n" });
    expect(await holdfast(["review", "redo", "--all"], { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, ".holdfast"))).toBe(false);
  });

  it("says nothing of chats where a pipeline of one's own sent an item to review, and refuses their flags", async () => {
    const cwd = newProject();
    writeFileSync(join(cwd, "docs.jsonl"), '{"id":"kelp"}\n');
    writeFileSync(
      join(cwd, "own.ts"),
      `import { definePipeline, sendToReview } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";
export default definePipeline("own").phase("import", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("judge", (doc) => sendToReview("looks odd", doc))
    .load(writeMarkdown("notes", () => ({ title: "kelp", body: "" }))),
);
`,
    );
    const run = (...args: readonly string[]): Promise<Finished> => holdfast(args, { cwd });
    const id = sessionIdIn(await run("run", "own.ts"));
    const shown = await run("review", "show", "kelp");
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("kelp: looks odd") });
    expect(shown.stdout).not.toMatch(/judged by|--prompts/);
    expect(JSON.parse((await run("review", "show", "kelp", "--json")).stdout)).not.toHaveProperty("thresholds");
    for (const [flag, value] of [
      ["--prompts", "nowhere"],
      ["--language", "Japanese"],
      ["--answer", "json"],
    ] as const) {
      const refused = await run("review", "redo", "kelp", flag, value);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(`and session ${id} is none.`) });
    }
    expect(await run("review", "redo", "kelp")).toMatchObject({ stderr: expect.stringContaining("1 still in review") });
  });
});
