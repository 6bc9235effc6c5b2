// The whole suite, a section per area, and one line with the sum at the end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { areas } from "./test-areas.ts";
import { run } from "./run.ts";

const reports = mkdtempSync(join(tmpdir(), "holdfast-tests-"));
// No colours into a file or a pipe.
const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1" };
const sum = { passed: 0, failed: 0 };
let broken = false;

const heading = (title: string): void => console.log(`\n=== ${title} ${"=".repeat(Math.max(3, 74 - title.length))}\n`);

heading("Build and types");
run("npm", "run", "--silent", "build");
run("tsc", "-p", "tsconfig.json");
console.log("dist/ is built, and every type test compiles.");

for (const { project, title } of areas) {
  heading(title);
  const report = join(reports, `${project}.json`);
  const flags = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync("vitest", ["run", "--project", project, ...flags], { stdio: "inherit", env });
  broken ||= status !== 0;
  count(report);
}

rmSync(reports, { recursive: true, force: true });
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exit(broken || sum.passed === 0 ? 1 : 0);

function count(report: string): void {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8")) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
  };
  sum.passed += numPassedTests;
  sum.failed += numFailedTests;
}
