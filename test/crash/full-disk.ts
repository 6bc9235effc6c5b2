import { join } from "node:path";
import { reportSession } from "../../src/run/reports/index.ts";
import type { Finished } from "../cli/holdfast.ts";
import type { Calm, Journey } from "./journey.ts";
import type { StrikeOptions } from "./strike-all.ts";

const CANNOT_WRITE = 74;

/** Lets a write fail as on a full disk; `variable` says whether all that follow fail too. */
export const fullDisk = (variable: "HOLDFAST_FAIL_AT" | "HOLDFAST_FAIL_FROM", calm: Calm) =>
  ({
    variable,
    async look(struck, journey, strikes) {
      const didWithout = strikes.every(({ isOptional }) => isOptional) && struck.code === calm.ending.exitCode;
      return didWithout ? [] : problemsOf(struck, journey);
    },
  }) satisfies Partial<StrikeOptions>;

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
