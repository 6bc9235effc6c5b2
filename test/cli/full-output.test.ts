import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { holdfast, newProject, root } from "./holdfast.ts";
import { variants } from "../variants.ts";

const EXPORT = join(root, "examples/claude-export");

/** Runs a command in a shell whose redirection is given. */
function redirected(
  args: readonly string[],
  redirection: string,
  cwd: string,
): { code: number | null; stderr: string } {
  const command = [process.execPath, join(root, "bin/holdfast.js"), ...args];
  const { status, stderr } = spawnSync("sh", ["-c", `"$@" ${redirection}`, "sh", ...command], {
    cwd,
    encoding: "utf8",
  });
  return { code: status, stderr };
}

const IMPORT = ["import", EXPORT, "--out", "notes"] as const;
const FULL = "error: Could not write what the command prints: ENOSPC";

describe.runIf(existsSync("/dev/full"))("output that cannot be written", () => {
  variants([
    {
      name: "of an import on a full disk",
      args: [...IMPORT, "--workspace", "work space"],
      to: "> /dev/full",
      code: 74,
      says: FULL,
    },
    {
      name: "for JSON",
      args: [...IMPORT, "--workspace", "work space", "--json"],
      to: "> /dev/full",
      code: 74,
      says: FULL,
    },
    {
      name: "on standard error",
      args: [...IMPORT, "--workspace", "work space"],
      to: "2> /dev/full > out.txt",
      code: 74,
      says: "",
    },
    { name: "anywhere", args: [...IMPORT, "--workspace", "work space"], to: "> /dev/full 2>&1", code: 74, says: "" },
    { name: "of a list", args: ["status", "--workspace", "work space"], to: "> /dev/full", code: 74, says: FULL },
    { name: "of the help", args: ["--help"], to: "> /dev/full", code: 74, says: FULL },
    {
      name: "since it is closed",
      args: [...IMPORT, "--workspace", "work space"],
      to: ">&-",
      code: 0,
      says: "Session ",
    },
  ])("$name is a sentence, and the work is done", async ({ args, to, code, says }) => {
    const cwd = newProject();
    const ended = redirected(args, to, cwd);
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(says) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    if (says === FULL) expect(ended.stderr).toContain("holdfast status");
    if (args[0] !== "import") return;
    if (says === FULL) expect(ended.stderr).toContain("`holdfast status --workspace 'work space'`");
    const [listed] = JSON.parse((await holdfast(["status", "--workspace", "work space", "--json"], { cwd })).stdout);
    expect(listed).toMatchObject({ status: "completed", counts: { completed: 15, filtered: 2 } });
  });
});
