import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { startFakeOllama } from "../../src/entries/testing.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** Every step of it but the last is cached. */
const PIPELINE = `import { definePipeline, defineStep } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

interface Doc { readonly id: string; readonly text: string }

const ask = (name: string) => defineStep({
  name,
  lane: "model",
  cache: true,
  process: async (doc: Doc, { model, signal }) => ({ id: doc.id, text: (await model.generate({ prompt: name + doc.text, signal })).text }),
});

export default definePipeline("cached").phase("work", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("look", (doc) => doc as Doc)
    .transform(ask("summarise"))
    .transform(ask("translate"))
    .load(writeMarkdown("notes", (doc) => ({ title: doc.id, body: doc.text }))),
);
`;

const DOCS = 3;

function newCachedProject(): string {
  const cwd = newProject();
  writeFileSync(join(cwd, "cached.ts"), PIPELINE);
  const lines = Array.from({ length: DOCS }, (_, n) =>
    JSON.stringify({ id: `doc ${n}`, text: `Kelp number ${n} holds.` }),
  );
  writeFileSync(join(cwd, "docs.jsonl"), lines.join("\n"));
  return cwd;
}

const run = (cwd: string, url: string, ...flags: readonly string[]): Promise<Finished> =>
  holdfast(["run", "cached.ts", "--llm", "ollama:llama3.2", "--ollama-url", url, ...flags], { cwd });

/** Makes the answers of a step look as if they had been kept so many days ago. */
function age(cwd: string, step: string, days: number): void {
  const db = new DatabaseSync(join(cwd, ".holdfast/workspace.db"));
  const at = new Date(Date.now() - days * 86_400_000).toISOString();
  db.prepare("UPDATE cache SET created_at = ? WHERE step = ?").run(at, step);
  db.close();
}

describe("the cache", () => {
  it("answers a second run without a call, is passed by with --no-cache, and keeps the newer answers then", async () => {
    await using server = await startFakeOllama();
    const cwd = newCachedProject();
    expect(await run(cwd, server.url)).toMatchObject({ code: 0 });
    expect(server.calls).toHaveLength(2 * DOCS);
    expect(await run(cwd, server.url)).toMatchObject({ code: 0 });
    expect(server.calls).toHaveLength(2 * DOCS);

    age(cwd, "summarise", 40);
    age(cwd, "translate", 40);
    expect(await run(cwd, server.url, "--no-cache")).toMatchObject({ code: 0 });
    expect(server.calls).toHaveLength(4 * DOCS);
    const old = await holdfast(["cache", "prune", "--older-than", "30d", "--dry-run", "--json"], { cwd });
    expect(JSON.parse(old.stdout)).toMatchObject({ answers: 0 });
    expect(await run(cwd, server.url)).toMatchObject({ code: 0 });
    expect(server.calls).toHaveLength(4 * DOCS);
  });

  it("is counted by step, pruned by age and step, and cleared only when meant", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const cwd = newCachedProject();
    const ran = await run(cwd, server.url);
    const look = async (): Promise<{ answers: number; bytes: number; steps: { step: string; answers: number }[] }> =>
      JSON.parse((await holdfast(["cache", "--json"], { cwd })).stdout);

    const { stdout } = await holdfast(["cache"], { cwd });
    expect(stdout).toMatch(new RegExp(`^${2 * DOCS} answers, [\\d.]+ [kM]?B(ytes)?, in `, "m"));
    expect(stdout).toMatch(/^ {2}step +answers +size +oldest +newest$/m);
    expect(stdout).toMatch(/^ {2}summarise +3 +[\d.]+ \w+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +\d{4}-/m);

    age(cwd, "summarise", 40);
    const dry = await holdfast(["cache", "prune", "--older-than", "30d", "--dry-run"], { cwd });
    expect(dry.stdout).toContain(`Would remove ${DOCS} answers`);
    expect(await look()).toMatchObject({ answers: 2 * DOCS });
    const none = await holdfast(["cache", "prune", "--older-than", "30d", "--step", "translate"], { cwd });
    expect(none.stdout).toContain("Removed 0 answers");
    const pruned = await holdfast(["cache", "prune", "--older-than", "30d"], { cwd });
    expect(pruned.stdout).toContain(`Removed ${DOCS} answers`);
    expect(await look()).toMatchObject({ answers: DOCS, steps: [{ step: "translate", answers: DOCS }] });

    const doubtful = await holdfast(["cache", "clear"], { cwd });
    expect(doubtful).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
    expect(await look()).toMatchObject({ answers: DOCS });
    const cleared = await holdfast(["cache", "clear", "--yes"], { cwd });
    expect(cleared.stdout).toContain(`Removed ${DOCS} answers`);
    expect(await look()).toMatchObject({ answers: 0, bytes: 0, steps: [] });

    const resumed = await holdfast(["resume", sessionIdIn(ran)], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining(`${DOCS} items: ${DOCS} completed`) });
    expect(server.calls).toHaveLength(2 * DOCS);
  });

  it("is not made by a question about it", async () => {
    const cwd = newProject();
    expect(await holdfast(["cache"], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No answers are cached"),
    });
    expect(await holdfast(["cache", "clear", "--yes"], { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(join(cwd, ".holdfast"))).toBe(false);
  });

  variants([
    [["prune"], "--older-than"],
    [["prune", "--older-than", "30"], "30d, 12h"],
    [["prune", "--older-than", "1d", "--step", "nothing"], 'of step "nothing"'],
    [["shrink"], "shrink"],
  ])("refuses %j in a sentence", async (args, sentence) => {
    const ran = await holdfast(["cache", ...args], { cwd: newProject() });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
  });
});
