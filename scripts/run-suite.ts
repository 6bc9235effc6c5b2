import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** From where vitest is started. */
const REPORTER = "./scripts/test-reporter.ts";

/** What failed in the runs of this process, by the reporter's own names. */
const failed: string[] = [];

export const failedTests = (): readonly string[] => failed;

/** Runs all areas, of the suite or with `SOAK` of the long loops, and returns the exit code. */
export function runSuite(env: Readonly<Record<string, string>> = {}, files: readonly string[] = []): number {
  // No colours into a file or a pipe.
  const colours = process.stdout.isTTY ? {} : { NO_COLOR: "1", FORCE_COLOR: "0" };
  const whole = files.length === 0 ? { WHOLE_SUITE: "1" } : {};
  const filter = env["SOAK"] === "1" ? ["--tagsFilter=soak"] : [];
  // What tests leave behind goes when the suite ends. A database of the tests may run as another user.
  const scratch = mkdtempSync(join(tmpdir(), "holdfast-suite-"));
  chmodSync(scratch, 0o755);
  const failures = join(scratch, "failed.txt");
  const { status, error } = spawnSync("vitest", ["run", `--reporter=${REPORTER}`, ...filter, ...files], {
    // In one stream, so that what is printed last stays last.
    stdio: ["inherit", 1, 1],
    env: {
      ...process.env,
      TMPDIR: scratch,
      TEMP: scratch,
      TMP: scratch,
      FAILURES: failures,
      ...colours,
      ...whole,
      ...env,
    },
  });
  if (existsSync(failures)) failed.push(...readFileSync(failures, "utf8").trimEnd().split("\n"));
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A database that is still closing writes into it: what the suite found stands all the same.
  }
  if (error) throw error;
  return status ?? 1;
}
