import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = "test/decorators/fixtures";
const out = mkdtempSync(join(tmpdir(), "holdfast-decorators-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Compiles a fixture with the project's own compiler, as a user's build does; Node itself refuses decorators. */
function compile(fixture: string): { readonly status: number | null; readonly stdout: string } {
  const args = [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    `${fixtures}/${fixture}`,
    "--outDir",
    join(out, fixture),
  ];
  return spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
}

describe("withRetry as a decorator, compiled by tsc", () => {
  test.each(["standard", "legacy"])(
    "%s: `this`, #private, generics, overloads, static and super keep working",
    (fixture) => {
      expect(compile(fixture)).toMatchObject({ status: 0, stdout: "" });
      const compiled = join(out, fixture);
      writeFileSync(join(compiled, "package.json"), '{ "type": "module" }');
      const { stdout, stderr } = spawnSync(process.execPath, [join(compiled, fixtures, fixture, "api.js")], {
        encoding: "utf8",
      });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual({
        got: "quiet /a:42:3",
        generic: "x",
        overloaded: 5,
        calls: 2,
        gaveUp: "RetryError: `fails` gave up after 2 attempts (attempts): ConnectionError: down",
        made: true,
        name: "get",
        length: 1,
      });
    },
  );

  test.each(["refused-standard", "refused-legacy"])(
    "%s: a method without a promise does not compile, and the message says what to do",
    (fixture) => {
      const { status, stdout } = compile(fixture);
      expect(status).not.toBe(0);
      expect(stdout.trim().split("\n")).toEqual([expect.stringContaining("make the method async")]);
      expect(stdout).toContain("ThisMethodMustReturnAPromise");
    },
  );
});
