import { spawnSync } from "node:child_process";

/** From where vitest is started. */
const REPORTER = "./scripts/test-reporter.ts";

/** Runs all areas, of the suite or with `SOAK` of the long loops, and returns the exit code. */
export function runSuite(env: Readonly<Record<string, string>> = {}, files: readonly string[] = []): number {
  // No colours into a file or a pipe.
  const colours = process.stdout.isTTY ? {} : { NO_COLOR: "1", FORCE_COLOR: "0" };
  const whole = files.length === 0 ? { WHOLE_SUITE: "1" } : {};
  const filter = env["SOAK"] === "1" ? ["--tagsFilter=soak"] : [];
  const { status, error } = spawnSync("vitest", ["run", `--reporter=${REPORTER}`, ...filter, ...files], {
    // In one stream, so that what is printed last stays last.
    stdio: ["inherit", 1, 1],
    env: { ...process.env, ...colours, ...whole, ...env },
  });
  if (error) throw error;
  return status ?? 1;
}
