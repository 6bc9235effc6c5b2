import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { conversation } from "./claude-export.ts";
import { holdfast, newProject, root, sessionIdIn, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

type Chat = { chat_messages: object[] };

const chats = (count: number): Chat[] => Array.from({ length: count }, (_, n) => conversation(n) as Chat);

const grow = ({ chat_messages }: Chat, text: string): void =>
  void chat_messages.push({ uuid: text, sender: "human", text, content: [{ type: "text", text }] });

function save(cwd: string, list: readonly unknown[]): void {
  mkdirSync(join(cwd, "chats"), { recursive: true });
  writeFileSync(join(cwd, "chats/conversations.json"), JSON.stringify(list));
}

/** All files below a folder with their sizes and times, to see whether anything was written. */
const everything = (folder: string): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => !name.startsWith("node_modules"))
    .map((name) => `${name} ${statSync(join(folder, name)).size} ${statSync(join(folder, name)).mtimeMs}`)
    .toSorted();

const PLAN = ["plan", "chats", "--out", "notes", "--llm", "ollama:llama3.2"];
const IMPORT = ["import", ...PLAN.slice(1)];

describe("holdfast plan", () => {
  it("says what the import then does, before each of two imports, and writes and asks nothing", async () => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    const run = (args: readonly string[]): Promise<Finished> =>
      holdfast(args, { cwd, env: { OLLAMA_HOST: server.url } });
    const plan = async (...flags: readonly string[]) => JSON.parse((await run([...PLAN, ...flags, "--json"])).stdout);
    const list: unknown[] = chats(7);
    list[2] = { uuid: "x", name: "no messages at all" };
    (list[3] as Chat).chat_messages.length = 1;
    // About four times what the model takes at once.
    for (let n = 0; n < 60; n += 1) grow(list[4] as Chat, `Day ${n}. ${"The barometer falls slowly. ".repeat(80)}`);
    save(cwd, list);

    const before = everything(cwd);
    const first = await plan();
    expect(everything(cwd)).toEqual(before);
    expect(server.calls).toEqual([]);
    expect(server.loads).toEqual([]);
    expect(first).toMatchObject({ elements: 7, work: { new: 5 }, chunkedItems: 1, cachedAnswers: 0, pastRuns: 0 });
    expect(first.ends).toContainEqual({ status: "filtered", reason: "fewer than 3 messages", count: 1 });
    expect(first.ends).toContainEqual({
      status: "failed",
      reason: expect.stringContaining("conversations.json#2"),
      count: 1,
    });

    const ran = await run(IMPORT);
    expect(ran.code).toBe(4);
    expect(server.calls).toHaveLength(first.estimate.calls.least);
    expect(first.estimate.calls.most).toBe(first.estimate.calls.least);
    const { usage, parts } = JSON.parse((await run(["status", sessionIdIn(ran), "--json"])).stdout);
    expect(parts).toBe(first.chunks);
    for (const field of ["inputTokens", "outputTokens"] as const) {
      expect(usage[field]).toBeGreaterThanOrEqual(first.estimate[field].least);
      expect(usage[field]).toBeLessThanOrEqual(first.estimate[field].most);
    }
    expect(ran.stdout).toContain("completed: 5 new\n");
    expect(ran.stdout).toContain(`(in ${first.chunks} parts)`);
    // A busy machine makes none in the second that it has for it.
    if (!ran.stderr.includes("No estimate: it would take too long")) {
      expect(ran.stderr).toContain(`Estimate: ${first.estimate.calls.least} calls`);
      expect(ran.stdout).toContain(`estimated before: ${first.estimate.calls.least} calls`);
    }
    expect(ran.stdout).toMatch(/took: /);

    const edited = readdirSync(join(cwd, "notes")).find((name) => name.endsWith(".md")) ?? "";
    appendFileSync(join(cwd, "notes", edited), "\nMy own words.\n");
    const [, mine = ""] =
      /source_id: claude:[0-9a-f-]*(\d)\n/.exec(readFileSync(join(cwd, "notes", edited), "utf8")) ?? [];
    const other = [0, 1, 5].find((n) => n !== Number(mine)) ?? 0;
    for (const n of new Set([Number(mine), other])) grow(list[n] as Chat, "And how deep is the water?");
    list.push(conversation(9));
    save(cwd, list);
    const calls = server.calls.length;
    const second = await plan();
    expect(second).toMatchObject({ work: { new: 1, grown: 1 }, calls: 2, pastRuns: 1 });
    expect(second.ends).toContainEqual({ status: "skipped", reason: "edited by you, kept as it is", count: 1 });
    expect(second.ends).toContainEqual({ status: "skipped", reason: "unchanged since the last import", count: 3 });
    expect((await plan("--on-edited", "sibling")).work).toEqual({ new: 1, grown: 1, edited: 1 });
    expect(server.calls).toHaveLength(calls);
    const again = await run(IMPORT);
    expect(again.stdout).toContain("completed: 1 new, 1 updated");
    expect(server.calls).toHaveLength(calls + second.calls);
  });

  it("counts answers that are kept for notes that are not there", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    save(cwd, chats(3));
    const env = { OLLAMA_HOST: server.url };
    await holdfast(IMPORT, { cwd, env });
    const args = [...PLAN.map((word) => (word === "notes" ? "elsewhere" : word)), "--json"];
    const kept = JSON.parse((await holdfast(args, { cwd, env })).stdout);
    expect(kept).toMatchObject({ work: { new: 3 }, calls: 0 });
    expect(kept.cachedAnswers).toBeGreaterThanOrEqual(3);
    const force = JSON.parse((await holdfast([...args, "--no-cache"], { cwd, env })).stdout);
    expect(force).toMatchObject({ work: { new: 3 }, calls: 3, cachedAnswers: 0 });
    expect(existsSync(join(cwd, "elsewhere"))).toBe(false);
  });

  it(
    "names prices, what it rests on, what it does not know, and the command that does it",
    { tags: "soak" },
    async () => {
      await using server = await startFakeOllama();
      const cwd = newProject();
      save(cwd, chats(3));
      const env = { OLLAMA_HOST: server.url };
      const { code, stdout } = await holdfast([...PLAN, "--price", "1,2"], { cwd, env });
      expect(code).toBe(0);
      expect(stdout).toContain("chats to notes with ollama:llama3.2: 3 of 3 items to do");
      expect(stdout).toMatch(/cost: [\d.]+ to [\d.]+/);
      expect(stdout).toContain("a guess, since ollama:llama3.2 was not used in this workspace before");
      expect(stdout).toContain("Not known:");
      expect(stdout).toContain("Run `holdfast import chats --out notes --llm ollama:llama3.2 --price 1,2` to do it.");
      expect(stdout).not.toContain("--limit 2");
      const limited = await holdfast([...PLAN, "--limit", "2"], { cwd, env });
      expect(limited.stdout).toContain("3 of 3 items to do");
      expect(limited.stdout).toContain("this ignores --limit 2");
    },
  );

  it("is made without the model's server, and says what is not known then", { tags: "soak" }, async () => {
    const cwd = newProject();
    save(cwd, chats(2));
    const { code, stdout } = await holdfast([...PLAN, "--ollama-url", "http://127.0.0.1:9"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("calls to the model: 2");
    expect(stdout).toContain("Cannot use Ollama at http://127.0.0.1:9");
  });

  it("needs no model for the built-in engine", async () => {
    const cwd = newProject();
    const { code, stdout } = await holdfast(["plan", join(root, "examples/claude-export"), "--out", "notes"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("15 of 17 items to do");
    expect(stdout).toContain("calls to a model: none");
    expect(existsSync(join(cwd, "notes"))).toBe(false);
    expect(existsSync(join(cwd, ".holdfast"))).toBe(false);
  });

  variants([
    ["a path that is not there", ["plan", "nowhere.zip", "--out", "notes"], 2, "nowhere.zip"],
    ["no folder for the notes", ["plan", "chats"], 1, "--out"],
  ])("refuses %s as the import does", async (_, args, code, says) => {
    const ran = await holdfast(args, { cwd: newProject() });
    expect(ran).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(says) });
  });
});
