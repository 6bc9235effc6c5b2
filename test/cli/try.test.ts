import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, startFakeOpenAI, type FakeOpenAI } from "../../src/entries/testing.ts";
import { conversation, writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn, start } from "./holdfast.ts";
import { until } from "../until.ts";

const MODELS = [
  { id: "m", contextTokens: 16_384 },
  { id: "n", contextTokens: 16_384 },
];
const quick = ["--min-wait", "0", "--max-wait", "0.02"];

/** A project with an export of `count` chats, and a server for its models. */
function project(count: number, server?: FakeOpenAI) {
  const cwd = newProject();
  writeClaudeExport(join(cwd, "chats"), count);
  const env: Record<string, string> = server ? { OPENAI_BASE_URL: server.url } : {};
  const run = (...args: readonly string[]) => holdfast(args, { cwd, env });
  return {
    cwd,
    env,
    run,
    json: async (...args: readonly string[]) => JSON.parse((await run(...args, "--json")).stdout),
  };
}

/** Commands to paste in a text, as words. */
const pasted = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/Run `holdfast ([^`]+)`/g)].map(([, words = ""]) => words.split(" "));

const USES = ["calls", "inputTokens", "outputTokens"] as const;

describe("holdfast try", () => {
  it("runs a sample apart from the notes, counts what the server counts, and the whole run does not pay for it again", async () => {
    await using server = await startFakeOpenAI({ models: MODELS });
    const { cwd, run, json } = project(12, server);
    const args = ["chats", "--out", "vault", "--llm", "openai:m", "--price", "1,4"];
    const tried = await json("try", ...args);
    const [{ usage, cost, projection, next, sessionId, items, folder }] = tried.models;
    expect(tried).toMatchObject({ items: 12, elements: 12, exitCode: 0, rule: "one of each fifth by size" });
    expect(usage).toMatchObject(server.books);
    expect(cost).toBeCloseTo((server.books.inputTokens + 4 * server.books.outputTokens) / 1e6, 12);
    for (const field of USES) {
      const sum = items.reduce(
        (total: number, item: { usage: Record<string, number> }) => total + (item.usage[field] ?? 0),
        0,
      );
      expect(sum).toBe(server.books[field]);
    }
    expect(existsSync(join(cwd, "vault"))).toBe(false);
    expect(readdirSync(folder).toSorted()).toEqual(
      [1, 2, 3, 4, 5].flatMap((n) => [`${n}.input.txt`, `${n}.output.md`]),
    );
    const note = readFileSync(join(folder, "3.output.md"), "utf8");
    expect(note).toContain(`source_id: ${items[2].itemId}\n`);
    expect(note).toContain(items[2].start.slice(0, 40));

    expect((await run("status")).stdout).toContain("import (try)  5 items: 5 completed");
    expect((await run("show", sessionId, items[0].itemId)).stdout).toContain("1.output.md");
    expect((await run("show", sessionId, items[0].itemId)).code).toBe(0);

    const calls = server.calls.length;
    expect(calls).toBe(5);
    expect(next).toBe("holdfast import chats --out vault --llm openai:m --price 1,4");
    const whole = await run(...next.split(" ").slice(1));
    expect(whole.code).toBe(0);
    expect(server.calls.length - calls).toBe(7);
    expect(readdirSync(join(cwd, "vault"))).toHaveLength(12);
    for (const field of USES) {
      expect(server.books[field]).toBeGreaterThanOrEqual(projection.whole[field].least);
      expect(server.books[field]).toBeLessThanOrEqual(projection.whole[field].most);
    }

    const cleaned = await json("clean", "--days", "0", "--dry-run");
    expect(cleaned.removed.map(({ id }: { id: string }) => id)).toContain(sessionId);
    // Everything is there now.
    const again = await run("try", ...args);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no item to try.") });
    expect(again.stderr).toContain("12 are left out: unchanged since the last import");
    expect(server.calls.length - calls).toBe(7);
  });

  it("shows two models side by side over one sample, whichever of them is down", async () => {
    await using server = await startFakeOpenAI({ models: MODELS });
    const { run, json } = project(6, server);
    const compared = ["try", "chats", "--sample", "2", "--compare"];
    const both = await json(...compared, "openai:m", "extractive", "openai:n");
    const ids = both.models.map(({ items }: { items: { itemId: string }[] }) => items.map(({ itemId }) => itemId));
    expect(ids).toEqual([ids[0], ids[0], ids[0]]);
    expect(ids[0]).toEqual(both.sample.map(({ itemId }: { itemId: string }) => itemId));
    expect(new Set(both.models.map(({ sessionId }: { sessionId: string }) => sessionId)).size).toBe(3);
    expect(both.models.map(({ usage }: { usage: { calls: number } }) => usage.calls)).toEqual([2, 0, 2]);
    expect(both.models[1].items[0].start).not.toBe(both.models[0].items[0].start);
    expect(server.calls).toHaveLength(4);

    const half = await run(...compared, "openai:nope", "openai:m");
    expect(half.code).toBe(3);
    expect(half.stdout).toMatch(/The sample +openai:nope +openai:m\n +items ok +- +2\n/);
    expect(half.stdout).toContain('openai:nope: There is no model "nope"');
    // What it took when it was paid for is known, although its answers are cached now.
    expect(half.stdout).toMatch(/The whole, 6 items, as projected for openai:m\n +calls +6 /);
    expect(half.stdout).toContain("No price is known for openai:m");
    expect(pasted(half.stdout)).toEqual([["import", "chats", "--out", "notes", "--llm", "openai:m"]]);
    // One to ask for the model that is not there.
    expect(server.calls).toHaveLength(5);
  });

  it("runs the steps of a pipeline's file and not its sink, and goes on with it as a sample", async () => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    const docs = Array.from({ length: 7 }, (_, n) => ({ id: `d${n}`, text: `Kelp ${n}. `.repeat(1 + 3 * n) }));
    writeFileSync(join(cwd, "docs.jsonl"), docs.map((doc) => JSON.stringify(doc)).join("\n"));
    writeFileSync(join(cwd, "summaries.ts"), readFileSync(join(root, "examples/summaries/summaries.ts")));
    const env = { OLLAMA_HOST: server.url };
    const args = ["try", "summaries.ts", "--sample", "3", "--llm", "ollama:llama3.2"];
    const ran = await holdfast(args, { cwd, env });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("the sink is not, so nothing is loaded");
    expect(ran.stdout).toContain("summaries.ts: tried 3 of 7 items to do: one of each third by size");
    expect(ran.stdout).toContain("1. d0  (29 characters)");
    expect(existsSync(join(cwd, "notes"))).toBe(false);
    expect(server.calls).toHaveLength(3);
    const id = sessionIdIn(ran);
    // A resume, even by its id alone, does the sample and nothing else.
    const resumed = await holdfast(["resume", id], { cwd, env });
    expect(resumed.stdout).toContain(`Session ${id}, a try: completed\n  3 items: 3 completed`);
    expect([existsSync(join(cwd, "notes")), server.calls.length]).toEqual([false, 3]);
    const [next = []] = pasted(ran.stdout);
    expect(next).toEqual(["run", "summaries.ts", "--llm", "ollama:llama3.2"]);
    expect((await holdfast(next, { cwd, env })).code).toBe(0);
    expect(server.calls).toHaveLength(7);
  });

  it("has 4 as its exit code when items failed, shows why, and a retry of its session stays apart too", async () => {
    let isBroken = true;
    await using server: FakeOpenAI = await startFakeOpenAI({
      models: MODELS,
      faults: (n) =>
        isBroken && server.calls[n - 1]?.body.messages?.some(({ content }) => content.includes("number 0"))
          ? "content_filter"
          : undefined,
    });
    const { cwd, run } = project(4, server);
    const ran = await run("try", "chats", "--llm", "openai:m", ...quick);
    expect(ran.code).toBe(4);
    expect(ran.stdout).toContain("openai:m: failed");
    expect(ran.stdout).toMatch(/ {3}why {3}\S/);
    expect(ran.stdout).toMatch(/items ok +3\n +items failed +1\n/);
    expect(ran.stdout).toContain("Measured, not projected: the sample is all there is.");
    isBroken = false;
    const retried = await run("retry", sessionIdIn(ran));
    expect(retried).toMatchObject({ code: 0, stdout: expect.stringContaining("4 items: 4 completed") });
    expect(existsSync(join(cwd, "notes"))).toBe(false);
    expect(readdirSync(join(cwd, ".holdfast/sessions", sessionIdIn(ran), "sample"))).toHaveLength(8);
  });

  it("stops all its models together at a limit, and says how to go on", async () => {
    await using server = await startFakeOpenAI({ models: MODELS });
    const { json, run } = project(6, server);
    const one = await json("try", "chats", "--llm", "openai:m", "--sample", "1");
    const limit = String(one.models[0].usage.inputTokens + one.models[0].usage.outputTokens);
    const args = ["try", "chats", "--compare", "openai:n", "openai:m", "--max-tokens", limit, "--no-cache"];
    const ran = await run(...args, "--concurrency", "1");
    expect(ran.code).toBe(6);
    expect(ran.stdout).toContain("openai:n: stopped before its end:");
    expect(ran.stdout).toContain("openai:m: not tried: the models before it used up --max-tokens");
    const [again = [], ...next] = pasted(ran.stdout);
    expect(again.join(" ")).toContain(`--max-tokens ${2 * Number(limit)}`);
    // What was a limit of the try is none of the run.
    expect(next.map((words) => words.join(" "))).toEqual(["import chats --concurrency 1 --out notes --llm openai:n"]);
  });

  it("keeps and prints what there is at Ctrl-C", async () => {
    // Long enough for the signal to come while the first call is under way.
    await using server: FakeOpenAI = await startFakeOpenAI({ models: MODELS, delayMs: 600 });
    const { cwd, env, run } = project(2, server);
    const args = ["try", "chats", "--concurrency", "1", "--compare", "openai:m", "openai:n"];
    const { child, finished } = start(args, { cwd, env });
    await until(() => server.calls.length > 0);
    child.kill("SIGINT");
    const ran = await finished;
    expect(ran.code).toBe(130);
    expect(ran.stdout).toContain("openai:m: stopped before its end: stopped by Ctrl-C");
    expect(ran.stdout).toContain("openai:n: not tried: stopped by Ctrl-C");
    // Its answer is kept, though its later steps have to wait.
    expect(ran.stdout).toMatch(/openai:m: not done, .* tokens in, /);
    expect(ran.stdout).toContain("openai:m: not done\n");
    expect(pasted(ran.stdout)[0]).toEqual(args);
    expect(server.calls).toHaveLength(1);
    // What was under way is not paid for again.
    expect((await run("try", "chats", "--llm", "openai:m")).code).toBe(0);
    expect(server.calls).toHaveLength(2);
  });

  it("prints one document that is the same each time, but for times and ids of sessions", async () => {
    const { run } = project(9);
    const args = ["try", "chats", "--sample", "4", "--seed", "7", "--json"];
    const documents = [];
    for (let n = 0; n < 2; n += 1) {
      const { stdout, stderr } = await run(...args);
      expect(stderr).toContain("The sample");
      documents.push(
        JSON.parse(stdout, (key, value) =>
          /^(?:durationMs|medianMs|sessionId|folder|file)$/.test(key) ? undefined : value,
        ),
      );
    }
    expect(documents[1]).toEqual(documents[0]);
    expect(documents[0]).toMatchObject({
      what: "chats",
      pipeline: "import",
      rule: "one of each quarter by size, drawn with seed 7",
    });
  });

  it("tries the items that are named, and all when there are fewer than asked for", async () => {
    const { json, run } = project(3);
    const named = await json("try", "chats", "--items", "000000000002,000000000000");
    expect(named.sample.map(({ itemId }: { itemId: string }) => itemId.slice(-1))).toEqual(["2", "0"]);
    const all = await run("try", "chats", "--sample", "50");
    expect(all.stderr).toContain("There are only 3 items to do: all of them are tried.");
    expect(all.stdout).toContain("chats: tried all 3 items to do\n");
  });

  it("leaves out what a run would leave out, and counts cached answers as paid", async () => {
    await using server = await startFakeOpenAI({ models: MODELS });
    const { cwd, json, run } = project(5, server);
    await run("import", "chats", "--out", "notes", "--llm", "openai:m");
    const list = Array.from({ length: 9 }, (_, n) => conversation(n) as { chat_messages: object[] });
    (list[8]?.chat_messages ?? []).length = 1;
    mkdirSync(join(cwd, "more"));
    writeFileSync(join(cwd, "more/conversations.json"), JSON.stringify(list));
    const here = await json("try", "more", "--out", "notes", "--llm", "openai:m", "--sample", "1");
    expect(here).toMatchObject({ elements: 9, items: 3 });
    const elsewhere = await json("try", "more", "--out", "elsewhere", "--llm", "openai:m", "--items", "00000007");
    expect(elsewhere.items).toBe(8);
    // Five from the import, and one from the try before.
    expect(elsewhere.models[0].projection).toMatchObject({ answered: 6, measured: 1, rest: { items: 1 } });
  });

  it.each([
    ["one model to compare", ["chats", "--compare", "openai:m"], "Expected 2 to 4 models after --compare, got 1."],
    ["a model twice", ["chats", "--compare", "openai:m", "openai:m"], '--compare names "openai:m" twice.'],
    ["a model that is none", ["chats", "--compare", "foo", "openai:m"], "Expected --compare to be one of extractive, "],
    [
      "--llm beside --compare",
      ["chats", "--llm", "openai:m", "--compare", "openai:m", "openai:n"],
      "--llm has no effect",
    ],
    [
      "one price for two models",
      ["chats", "--price", "1,2", "--compare", "openai:m", "openai:n"],
      "--price is the price of one",
    ],
    [
      "nothing to try",
      ["--compare", "openai:m", "openai:n", "chats"],
      "Expected an export or a pipeline's file to try.",
    ],
    ["--limit", ["chats", "--limit", "3"], "--limit is for a whole run."],
    ["a queue", ["chats", "--redis", "redis://queue"], "--redis has no effect: a try runs in this process"],
    ["flags of exports for a pipeline", ["p.ts", "--min-messages", "3"], "--min-messages is for exports"],
    ["a number beside --items", ["chats", "--items", "a", "--sample", "3"], "--sample has no effect beside --items"],
    ["an item that is not there", ["chats", "--items", "nope"], '--items: there is no item "nope" to do.'],
    ["a limit on unknown costs", ["chats", "--llm", "openai:m", "--max-cost", "1"], "A cost limit needs the price"],
    ["an export without work", ["chats", "--min-messages", "900"], "2 are left out: fewer than 900 messages"],
  ])("refuses %s with a sentence, and begins nothing", async (_, args, sentence) => {
    const { cwd, run } = project(2);
    const ran = await run("try", ...args);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(sentence);
    expect(existsSync(join(cwd, ".holdfast"))).toBe(false);
  });
});
