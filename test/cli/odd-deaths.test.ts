import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { sessionIdIn, start, type Finished } from "./holdfast.ts";
import { projectWithOdd, type OddPlace } from "./odd-pipeline.ts";
import { variants } from "../variants.ts";

interface Death {
  readonly name: string;
  readonly place: OddPlace;
  readonly odd: string;
  /** `null`: the process is ended by a signal. */
  readonly code: number | null;
  readonly says: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The command that was printed last, as it is pasted; without one, the session is looked up and resumed. */
function nextCommand(ran: Finished): readonly string[] {
  const printed = [...(ran.stdout + ran.stderr).matchAll(/`holdfast ([^`]+)`/g)].at(-1)?.[1];
  return printed?.split(" ") ?? ["resume", sessionIdIn(ran)];
}

const outIn = (cwd: string): readonly string[] =>
  [...new Set(readFileSync(join(cwd, "out.txt"), "utf8").trim().split("\n"))].toSorted();

const exitsIn = (place: OddPlace, says: string): Death => ({
  name: `process.exit(0) in a ${place}`,
  place,
  odd: "process.exit(0);",
  code: 70,
  says: [
    `\`process.exit(0)\` was called in ${says} and ended the process.`,
    "What was done is saved",
    "holdfast resume",
  ],
});

const DEATHS: readonly Death[] = [
  exitsIn("step", 'step "look" of item "b"'),
  exitsIn("source", 'source "list" of phase "work"'),
  exitsIn("sink", 'step "keep" of item "b"'),
  exitsIn("validate", 'step "look" of item "b"'),
  {
    name: "process.exit(3) after a wait in a step",
    place: "step",
    odd: "await new Promise((wake) => setTimeout(wake, 5)); process.exit(3);",
    code: 70,
    says: ['`process.exit(3)` was called in step "look" of item "b"', "holdfast resume"],
  },
  {
    name: "a promise that nobody waits for is rejected while its step is under way",
    place: "step",
    odd: "void (async () => { await null; throw new Error('kelp is torn'); })(); await new Promise((wake) => setTimeout(wake, 20));",
    code: 4,
    says: ["1 failed", "An error escaped from it (is an `await` missing?): kelp is torn", "holdfast retry"],
  },
  {
    name: "an error is thrown in a timer, and the step waits for it in vain",
    place: "step",
    odd: "await new Promise(() => setTimeout(() => { throw new Error('kelp is torn'); }, 5));",
    code: 4,
    says: ["1 failed", "kelp is torn", "holdfast retry"],
  },
  {
    name: "a promise that nobody waits for is rejected when its step has ended",
    place: "step",
    odd: "setTimeout(() => { void Promise.reject(new Error('kelp is torn')); letGo(); }, 50);",
    code: 70,
    says: [
      'An error from step "look" of item "b" was caught by nobody: kelp is torn',
      "interrupted",
      "holdfast resume",
    ],
  },
  {
    name: "an error is thrown in a timer of the source",
    place: "source",
    odd: "await new Promise(() => setTimeout(() => { throw new Error('kelp is torn'); }, 5));",
    code: 2,
    says: ["kelp is torn", "holdfast resume"],
  },
  {
    name: "a stack that overflows in a step",
    place: "step",
    odd: "const down = () => down() + 1; down();",
    code: 4,
    says: ["Maximum call stack size exceeded", "holdfast retry"],
  },
  { name: "process.abort() in a step", place: "step", odd: "process.abort();", code: null, says: [] },
  { name: "SIGKILL in a step", place: "step", odd: "process.kill(process.pid, 'SIGKILL');", code: null, says: [] },
  {
    name: "no memory left in a step",
    place: "step",
    odd: "const all = []; for (;;) all.push(new Array(1e5).fill(all.length));",
    code: null,
    says: ["out of memory"],
    env: { NODE_OPTIONS: "--max-old-space-size=48" },
  },
];

describe("a process that dies oddly", () => {
  variants(DEATHS)("$name: it says so, and nothing is lost", async ({ place, odd, code, says, env = {} }) => {
    const cwd = projectWithOdd(place, odd);
    const died = await start(["run", "odd.mjs"], { cwd, env }).finished;
    const told = died.stdout + died.stderr;
    for (const said of says) expect(told).toContain(said);
    expect(died.code).toBe(code);
    if (code !== null) expect(told).not.toMatch(/^\s+at .*:\d+:\d+/m);

    const on = await start(nextCommand(died), { cwd, env: { FIXED: "1" } }).finished;
    expect(on).toMatchObject({ code: 0, stdout: expect.stringContaining("3 items: 3 completed") });
    expect(outIn(cwd)).toEqual(["a", "b", "c"]);
  });

  variants([
    {
      name: "calls process.exit(0)",
      odd: "process.exit(0);",
      says: "ended with exit code 0 before the command was done",
    },
    {
      name: "leaves a promise that is rejected",
      odd: "void Promise.reject(new Error('kelp is torn')); await new Promise(() => {});",
      says: "An error was caught by nobody: kelp is torn",
    },
  ])("a pipeline's file that $name ends the command with 70, and no session is there", async ({ odd, says }) => {
    const cwd = projectWithOdd("import", odd);
    const died = await start(["run", "odd.mjs", "--json"], { cwd }).finished;
    expect(died).toMatchObject({ code: 70, stderr: expect.stringContaining(says) });
    expect(JSON.parse(died.stdout)).toMatchObject({ error: { code: "internal" }, exitCode: 70 });
    expect((await start(["status"], { cwd }).finished).stdout).toContain("No sessions");
  });
});
