import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, root, sessionIdIn, start, type Finished } from "./holdfast.ts";
import { variants } from "../variants.ts";

const EXPORT = join(root, "examples/claude-export");
const SESSION = "<session>";
const STREAMS = ["stdout", "stderr"] as const;
type Streams = readonly (typeof STREAMS)[number][];

/** Runs a command whose readers go away before it writes a first line. */
async function withoutReaders(args: readonly string[], closed: Streams, cwd: string): Promise<Finished> {
  const { child, finished } = start(args, { cwd });
  for (const name of closed) child[name]?.destroy();
  return finished;
}

let cwd: string;
let session: string;
beforeAll(async () => {
  cwd = newProject();
  session = sessionIdIn(await holdfast(["import", EXPORT, "--out", "notes"], { cwd }));
});

const LONG: readonly (readonly string[])[] = [
  ["--help"],
  ["help", "import"],
  ["import", "--help"],
  ["status", SESSION],
  ["status", SESSION, "--json"],
  ["show", SESSION, "--status", "completed"],
  ["drift", SESSION],
  ["plan", EXPORT, "--out", "notes", "--json"],
  ["review", "list"],
  ["cache"],
  ["clean", "--days", "0", "--dry-run"],
  ["backoff", "--max-attempts", "1000", "--json"],
];

const MISTAKES: readonly { readonly code: number; readonly args: readonly string[] }[] = [
  { code: 1, args: ["no-such-command"] },
  { code: 1, args: ["backoff", "--max-attempts", "none"] },
  { code: 2, args: ["status", "20200101_000000"] },
];

const withSession = (args: readonly string[]): readonly string[] =>
  args.map((arg) => (arg === SESSION ? session : arg));

describe("a command that prints a lot", () => {
  variants(LONG)("ends quietly when nobody reads: %s %s", async (...args) => {
    expect(await withoutReaders(withSession(args), STREAMS, cwd)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("a command that fails", () => {
  variants(MISTAKES)("ends with $code when nobody reads: $args", async ({ code, args }) => {
    expect(await withoutReaders(args, STREAMS, cwd)).toEqual({ code, stdout: "", stderr: "" });
  });

  it("still gives its JSON to whoever reads that", async () => {
    const { code, stdout } = await withoutReaders(["status", "20200101_000000", "--json"], ["stderr"], cwd);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: code, error: { code: "session_not_found" } });
  });
});

describe("a pipe of the shell whose reader is gone", () => {
  it("ends the help quietly", () => {
    const command = [process.execPath, join(root, "bin/holdfast.js"), "help", "import"] as const;
    const script = '{ "$@"; echo "code $?" >&2; } | true';
    const { stderr } = spawnSync("sh", ["-c", script, "sh", ...command], { cwd, encoding: "utf8" });
    expect(stderr).toBe("code 0\n");
  });
});

describe("an import that nobody watches", () => {
  variants<[Streams]>([[["stdout"]], [["stderr"]], [STREAMS]])("does all its work with %j closed", async (closed) => {
    const cwd = newProject();
    const ended = await withoutReaders(["import", EXPORT, "--out", "notes"], closed, cwd);
    expect(ended.code).toBe(0);
    const [listed] = JSON.parse((await holdfast(["status", "--json"], { cwd })).stdout);
    expect(listed).toMatchObject({ status: "completed", counts: { completed: 15, filtered: 2 } });
    expect(readdirSync(join(cwd, "notes")).length).toBeGreaterThan(0);
  });
});
