import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Started } from "./holdfast.ts";
import { until } from "../until.ts";
import { variants } from "../variants.ts";

/** Items `i0`, `i1`, ... that go through one step. */
const pipelineText = ({ items, step }: { readonly items: number; readonly step: string }): string => `
import { definePipeline, defineStep } from "holdfast";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const forever = () => new Promise(() => {});
export default definePipeline("deaths").phase("work", (phase) =>
  phase
    .extract({
      name: "count", version: 1, check: async () => [],
      async *read() {
        for (let n = 0; n < ${items}; n += 1) yield { kind: "item", itemId: "i" + n, sourcePath: "here", content: n };
      },
    })
    .transform(defineStep({ name: "call", ${step} }))
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "nowhere" }) }));
`;

function newRun(text: string): { readonly cwd: string; readonly run: Started } {
  const cwd = newProject();
  writeFileSync(join(cwd, "deaths.ts"), text);
  return { cwd, run: start(["run", "deaths.ts", "--window", "16"], { cwd }) };
}

/** Whether the store says that the last run ended in good order. */
function hasEndedWell(cwd: string, id: string): boolean {
  using db = new DatabaseSync(join(cwd, ".holdfast/sessions", id, "state.db"), { readOnly: true });
  const fact = db.prepare("SELECT value FROM facts WHERE key = ?");
  return fact.get("run")?.["value"] === fact.get("ended_run")?.["value"];
}

describe("a run that is told to stop has not crashed, whatever its calls do", () => {
  variants([
    [["SIGHUP", "SIGKILL"]],
    [["SIGTERM", "SIGKILL"]],
    [["SIGINT", "SIGINT"]],
    [["SIGTERM", "SIGTERM"]],
    [["SIGHUP", "SIGHUP", "SIGTERM"]],
    [["SIGQUIT"]],
  ] as const)("%j", async (signals) => {
    const step = 'process: () => { console.error("calling"); return forever(); }';
    const { cwd, run } = newRun(pipelineText({ items: 2, step }));
    await until(() => run.said().includes("calling"));
    const id = sessionIdIn({ stdout: "", stderr: run.said(), code: null });
    const exited = once(run.child, "exit");
    for (const signal of signals) {
      run.child.kill(signal);
      await until(() => hasEndedWell(cwd, id));
    }
    await exited;
    const status = await holdfast(["status", id, "--json"], { cwd });
    expect(JSON.parse(status.stdout)).toMatchObject({ session: { counts: { pending: 2, failed: 0 } } });
  });
});

describe("an item that kills the process", () => {
  variants([
    ["at once", 'process.kill(process.pid, "SIGKILL")', ""],
    ["a moment later", 'await pause(60); process.kill(process.pid, "SIGKILL")', ""],
    ["by an abort", "process.abort()", ""],
    ["in a lane where most items wait", 'await pause(60); process.kill(process.pid, "SIGKILL")', 'lane: "api",'],
  ])("fails alone when it does so %s, and the others are done", async (_, kill, more) => {
    const step = `${more} process: async (n) => { if (n === 3) { ${kill}; } await pause(100); return n; }`;
    const { cwd, run } = newRun(pipelineText({ items: 16, step }));
    const id = sessionIdIn(await run.finished);
    let deaths = 1;
    let last = await holdfast(["resume", id, "--json"], { cwd });
    for (; last.code === null && deaths < 10; deaths += 1) last = await holdfast(["resume", id, "--json"], { cwd });
    expect(deaths).toBe(5);
    expect(last.code).toBe(4);
    expect(JSON.parse(last.stdout)).toMatchObject({ session: { counts: { completed: 15, failed: 1 } } });
    const shown = await holdfast(["show", id, "i3"], { cwd });
    expect(shown.stdout).toContain('the process died each time step "call" of it was under way');
  });
});
