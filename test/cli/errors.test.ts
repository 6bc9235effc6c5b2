import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeClaudeExport } from "./claude-export.ts";
import { holdfast, newProject, sessionIdIn, start } from "./holdfast.ts";
import { until } from "../until.ts";

const pipelineFile = (body: string): string => `
import { definePipeline, defineStep, StepError } from "holdfast";
const source = { name: "read", version: 1, check: async () => [], async *read() {
  for (const id of ["a", "b", "c"]) yield { kind: "item", itemId: id, sourcePath: "memory", content: { id } };
} };
const sink = { name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "memory" }) };
${body}
`;

describe("errors of the command line", () => {
  it("are JSON on stdout with --json, and sentences on stderr", async () => {
    const cwd = newProject();
    const ran = await holdfast(["import", "nowhere", "--out", "x", "--json"], { cwd });
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: "input_unreadable" }, exitCode: 2 });
    expect(ran.stderr).toContain("error: ");
    const unknown = await holdfast(["import", "x", "--out", "y", "--jsn", "--json"], { cwd });
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: { code: "usage" }, exitCode: 1 });
  });

  it("name the flag that is missing, with an example", async () => {
    const ran = await holdfast(["import", "chats.zip"], { cwd: newProject() });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("holdfast import chats.zip --out notes") });
  });

  it("refuse waits that do not fit together before a session begins", async () => {
    const cwd = newProject();
    const chats = writeClaudeExport(join(cwd, "chats"), 1);
    const ran = await holdfast(["import", chats, "--out", "notes", "--min-wait", "60"], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("maxWaitSeconds") });
    expect((await holdfast(["status"], { cwd })).stdout).toContain("No sessions");
  });

  it("say what to do about a file that Node cannot load", async () => {
    const cwd = newProject();
    writeFileSync(join(cwd, "notes.md"), "# no pipeline");
    expect((await holdfast(["run", "notes.md"], { cwd })).stderr).toContain("Name a .ts, .mts, .js or .mjs file");
  });
});

describe("a step that never settles", () => {
  it("holds the run until Ctrl-C, and the session can be resumed", async () => {
    const cwd = newProject();
    const body =
      'export default definePipeline("hung").phase("work", (p) => p.extract(source).step("hang", (row) => { if (row.id !== "b") return row; console.error("hanging"); return new Promise(() => {}); }).load(sink));';
    writeFileSync(join(cwd, "hung.mjs"), pipelineFile(body));
    const { child, finished, said } = start(["run", "hung.mjs"], { cwd });
    await until(() => said().includes("hanging"));
    expect(child.exitCode).toBeNull();
    child.kill("SIGINT");
    await until(() => said().includes("Stopping: finishing what is in flight"));
    child.kill("SIGINT");
    const ran = await finished;
    expect(ran.code).toBe(130);
    expect(sessionIdIn(ran)).toBeDefined();
  });
});

describe("a run that drains for another reason", () => {
  it("can still be stopped at once with Ctrl-C twice", { tags: "soak" }, async () => {
    const cwd = newProject();
    const body =
      'export default definePipeline("auth").phase("work", (p) => p.extract(source).step("call", (row) => { if (row.id === "a") { setTimeout(() => console.error("hanging"), 500); throw new StepError("auth", "bad key"); } return new Promise(() => {}); }).load(sink));';
    writeFileSync(join(cwd, "auth.mjs"), pipelineFile(body));
    const { child, finished, said } = start(["run", "auth.mjs"], { cwd });
    await until(() => said().includes("hanging"));
    child.kill("SIGINT");
    await until(() => said().includes("Press Ctrl-C again"));
    child.kill("SIGINT");
    // The first cause is what the run ended for; a busy machine may not get to saying so before the process is ended.
    expect([3, 130]).toContain((await finished).code);
  });
});

describe("a changed pipeline", () => {
  it("is told, and goes on with --force by the names of its steps", async () => {
    const cwd = newProject();
    mkdirSync(join(cwd, "out"));
    const write = (steps: string): void => {
      const body = `const stop = (row) => { if (!process.env.GO) throw new StepError("auth", "stop here"); return row; };
const mark = (letter) => (row) => ({ ...row, marks: (row.marks ?? "") + letter });
const keep = { ...sink, load: async (row) => { (await import("node:fs")).appendFileSync("out/marks.txt", row.id + row.marks + "\\n"); return { outputPath: "out" }; } };
export default definePipeline("changed").phase("work", (p) => p.extract(source)${steps}.load(keep));`;
      writeFileSync(join(cwd, "changed.mjs"), pipelineFile(body));
    };
    write('.step("A", mark("A")).step("B", stop)');
    const first = await holdfast(["run", "changed.mjs"], { cwd });
    expect(first.code).toBe(3);
    const id = sessionIdIn(first);
    write('.step("N", mark("N")).step("A", mark("A")).step("B", stop)');
    const told = await holdfast(["resume", id], { cwd });
    expect(told).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
    const forced = await holdfast(["resume", id, "--force"], { cwd, env: { GO: "1" } });
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
    const marks = readFileSync(join(cwd, "out/marks.txt"), "utf8").trim().split("\n").toSorted();
    // What was done before N was put in front goes on behind A; what was not begun goes through all of it.
    for (const line of marks) expect(["A", "NA"]).toContain(line.slice(1));
    write('.step("B", stop)');
    const gone = await holdfast(["resume", id, "--force"], { cwd });
    expect(gone.code).toBe(0);
  });
});
