import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startFakeOllama, type FakeOllama, type FaultPlan } from "../../src/entries/testing.ts";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

interface Imported {
  readonly ran: Finished;
  readonly id: string;
  readonly cwd: string;
}

async function importChats(server: FakeOllama, count: number, flags: readonly string[]): Promise<Imported> {
  const cwd = newProject();
  const chats = writeClaudeExport(join(cwd, "chats"), count);
  const llm = ["--llm", "ollama:llama3.2", "--ollama-url", server.url, "--max-attempts", "1"];
  const ran = await holdfast(["import", chats, "--out", "notes", ...llm, ...flags], { cwd });
  return { ran, id: sessionIdIn(ran), cwd };
}

/** The command that the reason names, without `holdfast`. */
const commandIn = ({ stdout }: Finished): readonly string[] =>
  (/`holdfast (resume [^`]+)`/.exec(stdout)?.[1] ?? "").split(" ");

/** Answers that no retry mends, for every n-th call. */
/** A refusal that no other call would mend. */
const REFUSED = { does: "respond", status: 422, body: { error: "unprocessable" } } as const;

const everyNth =
  (n: number): FaultPlan =>
  (call) =>
    call % n === 0 ? REFUSED : undefined;

const CONCURRENCY = 2;
const WINDOW = 16;

describe("--limit", () => {
  it("works on so many items, and each resume takes the next", async () => {
    await using server = await startFakeOllama();
    const { ran, id, cwd } = await importChats(server, 7, ["--limit", "3"]);
    expect(ran).toMatchObject({ code: 6, stdout: expect.stringContaining("3 items: 3 completed") });
    expect(ran.stdout).toContain("interrupted (3 items started, which is this run's limit)");
    expect(ran.stdout).toContain(`Run \`holdfast resume ${id} --limit 3\` to process the next ones.`);
    const second = await holdfast(commandIn(ran), { cwd });
    expect(second).toMatchObject({ code: 6, stdout: expect.stringContaining("6 items: 6 completed") });
    const last = await holdfast(["resume", id], { cwd });
    expect(last).toMatchObject({ code: 0, stdout: expect.stringContaining("7 items: 7 completed") });
    expect(server.calls).toHaveLength(7);
  });

  it("is not reached by an input that has no more than that", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { ran } = await importChats(server, 3, ["--limit", "3"]);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
  });
});

describe("--fail-on-error", () => {
  it("stops at so many failed items, says how to go on, and goes on with that", async () => {
    await using server = await startFakeOllama({ faults: everyNth(3) });
    const { ran, cwd } = await importChats(server, 40, ["--fail-on-error", "4"]);
    expect(ran).toMatchObject({ code: 6, stdout: expect.stringMatching(/[45] failed/) });
    const failed = Number(/([45]) items failed, and the limit is 4/.exec(ran.stdout)?.[1]);
    // The answer that fails may come after that of a call which was made later.
    expect(server.calls.length).toBeLessThanOrEqual(12 + WINDOW);
    expect(commandIn(ran).slice(2)).toEqual(["--fail-on-error", String(2 * failed)]);
    const resumed = await holdfast(commandIn(ran), { cwd });
    expect(resumed).toMatchObject({ code: 6, stdout: expect.stringMatching(/([89]|1[01]) failed/) });
  });

  it("advises a number that what was in flight has not reached either", { tags: "soak" }, async () => {
    const cwd = newProject();
    writeFileSync(
      join(cwd, "together.ts"),
      `import { definePipeline, StepError } from "holdfast";
import { readJsonl } from "holdfast/sources";
import { writeMarkdown } from "holdfast/sinks";

let begun = 0;
const all = Promise.withResolvers<void>();

export default definePipeline("together").phase("work", (phase) =>
  phase
    .extract(readJsonl("docs.jsonl"))
    .step("fail", async () => {
      begun += 1;
      if (begun === ${WINDOW}) all.resolve();
      await all.promise;
      throw new StepError("input", "no");
    })
    .load(writeMarkdown("notes", () => ({ title: "", body: "" }))),
);
`,
    );
    const ids = Array.from({ length: 40 }, (_, n) => JSON.stringify({ id: `d${n}` }));
    writeFileSync(join(cwd, "docs.jsonl"), ids.join("\n"));
    const ran = await holdfast(["run", "together.ts", "--fail-on-error", "1", "--window", String(WINDOW)], { cwd });
    expect(ran).toMatchObject({ code: 6, stdout: expect.stringMatching(/items: \d+ failed/) });
    const failed = Number(/items: (\d+) failed/.exec(ran.stdout)?.[1]);
    expect(failed).toBeGreaterThan(2);
    expect(commandIn(ran).slice(2)).toEqual(["--fail-on-error", String(2 * failed)]);
  });

  it("judges a share from 20 items on", { tags: "soak" }, async () => {
    await using server = await startFakeOllama({ faults: everyNth(2) });
    const { ran } = await importChats(server, 60, ["--fail-on-error", "25%"]);
    expect(ran.code).toBe(6);
    const judged = /\d+ of (2\d) items failed \(\d+(?:\.\d+)?%\), and the limit is 25%/.exec(ran.stdout)?.[1];
    expect(server.calls.length).toBeGreaterThanOrEqual(20);
    // A failed item is what it is judged at: the twentieth to end, or one of the next few.
    expect(server.calls.length).toBeLessThanOrEqual(Number(judged) + WINDOW);
  });
});

describe("--max-consecutive-failures", () => {
  it("stops when everything fails, and not for single failures", async () => {
    await using broken = await startFakeOllama({ faults: () => REFUSED });
    const all = await importChats(broken, 30, ["--max-consecutive-failures", "5"]);
    expect(all.ran).toMatchObject({ code: 6, stdout: expect.stringContaining("5 items failed in a row") });
    expect(broken.calls.length).toBeLessThanOrEqual(5 + CONCURRENCY);
    await using flaky = await startFakeOllama({ faults: everyNth(2) });
    const some = await importChats(flaky, 20, ["--max-consecutive-failures", "5"]);
    expect(some.ran).toMatchObject({ code: 4, stdout: expect.stringContaining("20 items") });
  });
});

describe("--max-tokens and --max-cost", () => {
  it("stop the run past the limit by no more than what is in flight, and keep every answer", async () => {
    await using server = await startFakeOllama();
    const { ran, cwd, id } = await importChats(server, 30, ["--price", "1000,2000", "--max-cost", "5"]);
    expect(ran.code).toBe(6);
    expect(ran.stdout).toMatch(/the session has cost [5-8](\.\d+)?, and the limit is 5\)/);
    expect(ran.stdout).toMatch(/^Run `holdfast resume \S+ --max-cost [\d.]+` to go on with a higher limit/m);
    const report = JSON.parse((await holdfast(["status", id, "--json"], { cwd })).stdout);
    const { usage } = report;
    expect(usage.calls).toBe(server.calls.length);
    expect(usage.cost).toBeCloseTo((usage.inputTokens * 1000 + usage.outputTokens * 2000) / 1e6);
    const costOfOne = usage.cost / usage.calls;
    expect(usage.cost).toBeLessThanOrEqual(5 + CONCURRENCY * 1.5 * costOfOne);

    const resumed = await holdfast(["resume", id, "--max-cost", "1000"], { cwd });
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining("30 items: 30 completed") });
    expect(server.calls).toHaveLength(30);
  });

  it("stop before the first call when the session is past the limit already", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { id, cwd } = await importChats(server, 30, ["--max-tokens", "2000"]);
    const calls = server.calls.length;
    const again = await holdfast(["resume", id], { cwd });
    expect(again).toMatchObject({ code: 6, stdout: expect.stringContaining("and the limit is 2000") });
    expect(server.calls).toHaveLength(calls);
  });

  it("need a price, which only the user knows", async () => {
    await using server = await startFakeOllama();
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const args = ["import", chats, "--out", "notes", "--llm", "ollama:llama3.2", "--ollama-url", server.url];
    const ran = await holdfast([...args, "--max-cost", "1"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("needs the price of ollama:llama3.2") });
    expect(server.calls).toHaveLength(0);
  });
});

describe("what calls cost", () => {
  it("is in the summary, in status, in phase.json and in the JSON, and unknown tokens are counted apart", async () => {
    await using server = await startFakeOllama({ faults: (call) => (call === 2 ? "omit_prompt_count" : undefined) });
    const { ran, id, cwd } = await importChats(server, 3, []);
    const line =
      /model: 3 calls, [\d,]+ tokens in, [\d,]+ out \(1 call did not report them: about [\d,]+ more\), cost unknown/;
    expect(ran.stdout).toMatch(line);
    expect((await holdfast(["status", id], { cwd })).stdout).toMatch(line);
    const phase = JSON.parse(readFileSync(join(cwd, ".holdfast/sessions", id, "import/phase.json"), "utf8"));
    const step = phase.stages.transform.steps.find(({ name }: { name: string }) => name === "extract_knowledge");
    expect(step.usage).toMatchObject({ calls: 3, callsOfUnknownTokens: 1, callsOfUnknownCost: 3, cost: 0 });
    const report = JSON.parse((await holdfast(["status", id, "--json"], { cwd })).stdout);
    expect(report.usage).toEqual(step.usage);
    expect(report.usage.inputTokens).toBeGreaterThan(0);
  });

  it("is nothing for a model of your own when you say so", { tags: "soak" }, async () => {
    await using server = await startFakeOllama();
    const { ran } = await importChats(server, 2, ["--price", "0,0"]);
    expect(ran.stdout).toMatch(/out, cost 0$/m);
  });

  it("is not mentioned where no model is called", { tags: "soak" }, async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const { code, stdout } = await holdfast(["import", chats, "--out", "notes"], { cwd });
    expect(code).toBe(0);
    expect(stdout).not.toContain("cost");
  });
});

describe("a limit that makes no sense", () => {
  variants([
    ["--max-cost", "0"],
    ["--max-tokens", "x"],
    ["--fail-on-error", "0%"],
    ["--fail-on-error", "101%"],
    ["--limit", "0"],
    ["--price", "1"],
    ["--price", "1,-2"],
    ["--requests-per-minute", "0.5"],
  ])("is refused: %s %s", async (flag, value) => {
    const { code, stderr } = await holdfast(["import", "x", "--out", "y", flag, value], { cwd: newProject() });
    expect(code).toBe(1);
    expect(stderr).toContain(`argument '${value}' is invalid. Expected`);
  });
});

describe("a limit on tokens or cost", () => {
  it("says at the start that it has no effect on a model that counts nothing", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 2);
    const run = (...flags: readonly string[]): Promise<Finished> =>
      holdfast(["import", chats, "--out", "notes", ...flags], { cwd });
    const told = await run("--max-tokens", "1", "--max-cost", "1");
    expect(told).toMatchObject({ code: 0, stdout: expect.stringContaining("2 completed") });
    expect(told.stderr).toMatch(
      /^The model extractive counts no tokens and costs nothing: the limit on cost and tokens has no effect\.$/m,
    );
    expect((await run("--fail-on-error", "1")).stderr).not.toContain("no effect");
  });
});
