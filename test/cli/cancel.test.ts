import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast, newProject, sessionIdIn, start, type Started } from "./holdfast.ts";
import { variants } from "../variants.ts";
import { until } from "../until.ts";

/** Four items; the second one's step never settles, whatever its signal says. `slow` and `last` wait behind it. */
const PIPELINE = `
import { definePipeline, defineStep } from "holdfast";
const items = ["a", "stuck", "slow", "last"];
const source = {
  name: "list", version: 1, check: async () => [],
  async *read() { for (const itemId of items) yield { kind: "item", itemId, sourcePath: itemId, content: itemId }; },
};
const sink = { name: "out", version: 1, check: async () => {}, load: async (text) => ({ outputPath: "/dev/null/" + text }) };
const ask = (text, { signal }) => {
  if (text === "stuck") return new Promise(() => {});
  if (text !== "slow" || process.env.QUICK) return text;
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
};
export default definePipeline("stuck").phase("p", (phase) => phase.extract(source).step("ask", ask).load(sink));
`;

interface Stuck {
  readonly cwd: string;
  readonly id: string;
  readonly run: Started;
  readonly hf: (...args: readonly string[]) => ReturnType<typeof holdfast>;
}

/** A run with two calls that do not end, which it has written down as in flight. */
async function stuckRun(...flags: readonly string[]): Promise<Stuck> {
  const cwd = newProject();
  writeFileSync(join(cwd, "stuck.mjs"), PIPELINE);
  const run = start(["run", "stuck.mjs", ...flags], { cwd });
  await until(() => /Session \d/.test(run.said()));
  const id = sessionIdIn({ code: null, stdout: "", stderr: run.said() });
  const hf: Stuck["hf"] = (...args) => holdfast(args, { cwd, env: { QUICK: "1" } });
  return { cwd, id, run, hf };
}

const inFlightOf = async ({ hf, id }: Stuck): Promise<readonly { readonly itemId: string }[]> => {
  const { stdout } = await hf("status", id, "--json");
  return (JSON.parse(stdout) as { inFlight?: { steps: { itemId: string }[] } }).inFlight?.steps ?? [];
};

describe("holdfast cancel", () => {
  it("ends named items and their calls, and status and show tell what is in flight until then", async () => {
    const stuck = await stuckRun();
    const { hf, id, run } = stuck;
    await until(async () => (await inFlightOf(stuck)).length === 2);
    expect((await hf("status", id)).stdout).toMatch(
      /in flight for more than 2 s: 2 items\n +stuck +ask +\d+ s, since .*\(attempt 1\)/,
    );
    expect((await hf("show", id)).stdout).toContain("in flight for more than 2 s: 2 items");
    expect((await hf("show", id, "slow")).stdout).toMatch(/ask +in flight +\d+ s, since /);

    expect(await hf("cancel", id, "stuck", "slow")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Cancelled 2 items: stuck, slow"),
    });
    expect(await run.finished).toMatchObject({ code: 4, stdout: expect.stringContaining("2 completed, 2 failed") });
    const shown = JSON.parse((await hf("show", id, "stuck", "--json")).stdout) as [{ item: object }];
    expect(shown[0].item).toMatchObject({
      status: "failed",
      reason: "cancelled by the user",
      failure: { kind: "cancelled_by_user", step: "ask" },
    });
    // Only a retry that names it tries it again.
    expect(await hf("retry", id)).toMatchObject({ code: 1, stderr: expect.stringContaining("cancelled_by_user (2)") });
    const retried = await hf("retry", id, "--item", "slow");
    expect(retried).toMatchObject({ code: 4, stdout: expect.stringContaining("3 completed, 1 failed") });
    expect(await hf("cancel", id, "slow")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"slow" (completed)'),
    });
    expect(await hf("cancel", id)).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing to stop") });
    expect(await hf("cancel", id, "nobody")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no item "nobody"'),
    });
  });

  it("stops a session as Ctrl-C does, at once with --now; its pending items can be cancelled, and the rest resumed", async () => {
    const { hf, id, run } = await stuckRun();
    await until(async () => (await hf("show", id, "a", "--json")).stdout.includes('"completed"'));
    // Twice as on a terminal: the first one would wait for what is in flight.
    expect(await hf("cancel", id, "--now")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: interrupted[\s\S]*holdfast resume /),
    });
    expect(await run.finished).toMatchObject({
      code: 130,
      stdout: expect.stringContaining("stopped by `holdfast cancel`"),
    });
    expect(await hf("cancel", id, "stuck", "--json")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"stuck"'),
    });
    expect(await hf("resume", id)).toMatchObject({ code: 4, stdout: expect.stringContaining("3 completed, 1 failed") });
  });
});

describe("limits of time", () => {
  it("let go of a step that never settles, from the flag, and the item says why", async () => {
    const stuck = await stuckRun("--step-timeout", "300ms");
    const finished = await stuck.run.finished;
    expect(finished).toMatchObject({ code: 4, stdout: expect.stringContaining("2 completed, 2 failed") });
    expect(finished.stdout).toContain(
      'Step "ask" did not end within 300ms (1 attempt). Raise `stepTimeout` (--step-timeout)',
    );
    const { hf, id } = stuck;
    expect((await hf("show", id, "stuck")).stdout).toMatch(/TimeoutError: Step "ask"/);
    // The session keeps them.
    expect(await hf("retry", id)).toMatchObject({ code: 4, stdout: expect.stringContaining("3 completed, 1 failed") });
  });

  it("drain a run at its deadline: nothing is failed for it, exit code 6, and the next command is printed", async () => {
    const cwd = newProject();
    const slow = PIPELINE.replace(
      "const ask =",
      "const wait = (text) => new Promise((done) => setTimeout(done, 600, text));\nconst never =",
    ).replace('.step("ask", ask)', '.step("ask", wait)');
    writeFileSync(join(cwd, "slow.mjs"), slow);
    const stopped = await holdfast(["run", "slow.mjs", "--window", "1", "--max-time", "700ms"], { cwd });
    const id = sessionIdIn(stopped);
    expect(stopped.code).toBe(6);
    expect(stopped.stdout).toContain(`Run \`holdfast resume ${id} --max-time 700ms\` to go on for as long again`);
    expect(stopped.stdout).not.toContain("failed");
    expect(await holdfast(["resume", id], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("4 completed"),
    });
  });

  variants([
    ["--max-time", "8"],
    ["--until", "25:00"],
  ])("refuse %s %s with a sentence", async (...flag) => {
    const refused = await holdfast(["run", "none.mjs", flag.join("=")], { cwd: newProject() });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/Expected /) });
  });
});
