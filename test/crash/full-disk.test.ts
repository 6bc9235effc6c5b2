import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reportSession } from "../../src/run/index.ts";
import type { Finished } from "../cli/holdfast.ts";
import { countUp } from "./count-up.ts";
import { Journey, undisturbed, type Calm } from "./journey.ts";
import { struckAt } from "./point.ts";
import { figures, withProblems, type Trouble } from "./trouble.ts";

const CANNOT_WRITE = 74;

/** Lets the n-th write of a run fail, or that one and all that follow. `undefined` when there are fewer. */
async function failedAt(
  n: number,
  variable: "HOLDFAST_FAIL_AT" | "HOLDFAST_FAIL_FROM",
  calm: Calm,
): Promise<Trouble | undefined> {
  const journey = new Journey();
  const failed = await journey.go({ [variable]: String(n) });
  const point = struckAt(failed);
  if (point === undefined) return journey.remove();
  journey.noteLost();
  const didWithout = DOES_WITHOUT.has(point.replace(/^\d+: /, "")) && failed.code === calm.ending.exitCode;
  if (!didWithout) journey.note(...(await problemsOf(failed, journey)));
  return journey.arrive(point, await journey.go(), calm);
}

/** Writes that a run can do without. */
const DOES_WITHOUT: ReadonlySet<string> = new Set(["lock:owner"]);

/** What is not as it should be after a run that could not write. */
async function problemsOf({ code, stdout, stderr }: Finished, journey: Journey): Promise<readonly string[]> {
  const problems: string[] = [];
  if (code !== CANNOT_WRITE) problems.push(`exit code ${code}`);
  if (!/ENOSPC|no space|disk is full/i.test(stdout + stderr)) problems.push("the disk is not mentioned");
  if (/\n\s+at .*\n\s+at /.test(stderr)) problems.push("a stack is shown");
  if (journey.id !== undefined) {
    const { session, failed } = await reportSession(join(journey.cwd, ".holdfast"), journey.id);
    if (session.status !== "interrupted") problems.push(`status ${session.status}`);
    problems.push(
      ...failed
        .filter(({ reason }) => /ENOSPC|disk/.test(reason ?? ""))
        .map(({ itemId }) => `${itemId} failed for the disk`),
    );
    if (!(stdout + stderr).includes(`holdfast resume ${journey.id}`)) problems.push("the resume command is not told");
  }
  return problems.length === 0 ? [] : [...problems, stdout + stderr];
}

describe("a run whose disk is full", () => {
  it("stops with nothing marked failed for it and comes to the same end by a resume, whichever write fails", async () => {
    const calm = await undisturbed();
    const troubles = await countUp((n) => failedAt(n, "HOLDFAST_FAIL_AT", calm), { atOnce: 3 });
    console.log(figures("Disk full at one write", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(50);
  }, 600_000);

  it("stays as it is however often it is resumed on a full disk: no item is given up for that", async () => {
    const calm = await undisturbed();
    const journey = new Journey();
    for (let round = 0; round < 5; round += 1) {
      // The first write but those that a resume begins with: it has begun with its items, and cannot say that it ended.
      await journey.go({ HOLDFAST_FAIL_FROM: round === 0 ? "40" : "14" });
      journey.noteLost();
    }
    expect(journey.arrive("full again and again", await journey.go(), calm).problems).toEqual([]);
  }, 120_000);

  it("does so too when the disk stays full", async () => {
    const calm = await undisturbed();
    const troubles = await countUp((n) => failedAt(n * 5, "HOLDFAST_FAIL_FROM", calm), { atOnce: 3 });
    console.log(figures("Disk full from one write on", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  }, 600_000);
});
