import { holdfast } from "../cli/holdfast.ts";
import type { StrikeOptions } from "./strike-all.ts";

/** Kills the process. */
export const kills = {
  variable: "HOLDFAST_CRASH_AT",
  async look({ code }, { cwd, id }) {
    const problems = code === null ? [] : [`exit code ${code}`];
    if (id !== undefined) return problems;
    // Somebody who saw no id looks at the sessions there are.
    const status = await holdfast(["status"], { cwd });
    const said = status.stdout + status.stderr;
    const isSane = status.code === 0 && /No sessions in|killed while it started|interrupted/.test(said);
    return isSane ? problems : [...problems, `holdfast status (${status.code}): ${said}`];
  },
} satisfies Partial<StrikeOptions>;
