import { writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newProject, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

/** What each program has: `step` is what the step of `b` does, and `options` those of the run. */
const programWith = (body: string): string => `
import { definePipeline, hintText, resumeSession, runPipeline } from "holdfast";

const pipelineWith = (step) => definePipeline("odd").phase("work", (phase) =>
  phase
    .extract({ name: "list", version: 1, check: async () => [], async *read() {
      for (const id of ["a", "b", "c"]) yield { kind: "item", itemId: id, sourcePath: "list", content: id };
    } })
    .step("look", async (content, { itemId }) => { if (itemId === "b") { hasBegun = true; await step(); } return content; })
    .load({ name: "keep", version: 1, check: async () => {}, load: async () => ({ outputPath: "out" }) }),
);
const tell = ({ session, cause }) => console.log(session.status, session.counts.completed, session.counts.failed, cause?.kind, cause?.message);
const wait = (ms) => new Promise((wake) => setTimeout(wake, ms));
const never = new Promise(() => {});
let hasBegun = false;
const whenBegun = (odd) => { const timer = setInterval(() => { if (hasBegun) { clearInterval(timer); odd(); } }, 5); };
${body}
`;

/** Runs a program that uses the library, to its end. */
function program(body: string): Promise<Finished> {
  const cwd = newProject();
  writeFileSync(join(cwd, "program.mjs"), programWith(body));
  const child = spawn(process.execPath, ["program.mjs"], { cwd });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out.stderr += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...out })));
}

interface Program {
  readonly name: string;
  readonly body: string;
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: readonly string[];
}

const GO_ON = /resumeSession\("\d{8}_\d{6}", pipeline, \{ workspace: "ws it's" \}\)/;

const DEATHS: readonly Program[] = [
  {
    name: "process.exit(0) in a step",
    body: `await runPipeline(pipelineWith(() => process.exit(0)), { workspace: "ws it's" });`,
    code: 70,
    stderr: ['`process.exit(0)` was called in step "look" of item "b" and ended the process.'],
  },
  {
    name: "process.exit(4) in a listener",
    body: `await runPipeline(pipelineWith(() => {}), { workspace: "ws it's", onEvent: () => process.exit(4) });`,
    code: 70,
    stderr: ["`process.exit(4)` was called in the listener `onEvent`"],
  },
  {
    name: "an exit of the program's own, which keeps its code",
    body: `whenBegun(() => process.exit(0)); await runPipeline(pipelineWith(() => never), { workspace: "ws it's" });`,
    code: 0,
    stderr: ["The process was ended with exit code 0.", 'with step "look" of item "b" under way'],
  },
  {
    name: "an error of the program's own, which ends it as Node does",
    body: `whenBegun(() => { throw new Error("kelp is torn"); }); await runPipeline(pipelineWith(() => never), { workspace: "ws it's" });`,
    code: 1,
    stderr: ["The process ended by an error.", "kelp is torn", "Node.js v"],
  },
  {
    name: "a promise without an await that is rejected in a step",
    body: `await runPipeline(pipelineWith(async () => { void Promise.reject(new Error("kelp is torn")); await never; }), { workspace: "ws it's" });`,
    code: 1,
    stderr: ['An error from step "look" of item "b" was caught by nobody: kelp is torn.'],
  },
];

const LIVES: readonly Program[] = [
  {
    name: "fails only the item whose step let an error escape",
    body: `tell(await runPipeline(pipelineWith(() => new Promise(() => setTimeout(() => { throw new Error("kelp is torn"); }, 5))), { catchUncaught: true }));`,
    code: 0,
    stdout: "partial 2 1 undefined undefined",
  },
  {
    name: "stops the run for an error that comes from elsewhere, and leaves nothing behind",
    body: `whenBegun(() => { void Promise.reject(new Error("kelp is torn")); });
const { cause, session } = await runPipeline(pipelineWith(() => wait(300)), { catchUncaught: true, window: 1 });
const names = ["uncaughtException", "unhandledRejection", "uncaughtExceptionMonitor", "exit"];
console.log(session.status, cause.kind, cause.message, names.map((name) => process.listenerCount(name)).join());`,
    code: 0,
    stdout: "interrupted uncaught An error was caught by nobody: kelp is torn 0,0,0,0",
  },
  {
    name: "installs no handler of errors unasked",
    body: `const count = () => ["uncaughtException", "unhandledRejection"].map((name) => process.listenerCount(name)).join();
await runPipeline(pipelineWith(() => console.log(count())));`,
    code: 0,
    stdout: "0,0",
  },
  {
    name: "tells of its end where the program wants to hear it",
    body: `await runPipeline(pipelineWith(() => process.exit(0)), { onUnexpectedExit: ({ message, exitCode }) => console.log(exitCode, message) });`,
    code: 70,
    stdout: '70 `process.exit(0)` was called in step "look" of item "b"',
  },
  {
    name: "reports a step that blocks the event loop",
    body: `await runPipeline(pipelineWith(() => { for (const ends = Date.now() + 2500; Date.now() < ends;); }), { onEvent: (event) => event.kind === "notice" && console.log(event.message) });`,
    code: 0,
    stdout: 'by step "look" of item "b". Nothing else in this process could run meanwhile',
  },
  {
    name: "reports a step that blocks the event loop after it has waited",
    body: `await runPipeline(pipelineWith(async () => { await wait(700); for (const ends = Date.now() + 4000; Date.now() < ends;); await wait(700); }), { onEvent: (event) => event.kind === "notice" && console.log(event.message) });`,
    code: 0,
    stdout: 'by step "look" of item "b". Nothing else in this process could run meanwhile',
  },
];

describe("a program whose process dies in the middle of a run", () => {
  variants(DEATHS)("is told where, and how to go on: $name", async ({ body, code, stderr = [] }) => {
    const ended = await program(body);
    for (const said of stderr) expect(ended.stderr).toContain(said);
    expect(ended.stderr).toMatch(GO_ON);
    expect(ended.code).toBe(code);
  });
});

describe("a program with a run", () => {
  variants(LIVES)("$name", async ({ body, code, stdout = "" }) => {
    const ended = await program(body);
    expect(ended).toMatchObject({ code, stdout: expect.stringContaining(stdout) });
  });

  it.each([
    ["throws", `() => { throw new Error("webhook is down"); }`],
    ["rejects", `async () => { throw new Error("webhook is down"); }`],
    ["gives a thenable that rejects", `() => ({ then: (_, fail) => fail(new Error("webhook is down")) })`],
  ])("goes on when its listener %s, and is warned once", async (_, listener) => {
    const { code, stdout, stderr } = await program(
      `tell(await runPipeline(pipelineWith(() => {}), { onEvent: ${listener}, onSession: ${listener} }));`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "completed 3 0 undefined undefined\n" });
    expect(stderr.match(/HoldfastWarning: The listener `onEvent` failed: webhook is down\./g)).toHaveLength(1);
    expect(stderr).toContain("The listener `onSession` failed: webhook is down.");
  });
});
