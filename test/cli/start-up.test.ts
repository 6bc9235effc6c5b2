import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { holdfast, newProject, root, sessionIdIn } from "./holdfast.ts";

const RECORDER = pathToFileURL(join(root, "test/cli/fixtures/record-modules.mjs")).href;

/** What a command loads, as `src/core/lane/lane.js` for our own, `zod` for a package and `node:fs` for Node's. */
async function modulesOf(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const file = join(mkdtempSync(join(tmpdir(), "holdfast-modules-")), "modules.txt");
  const ended = await holdfast(args, { cwd, env: { MODULES_FILE: file, NODE_OPTIONS: `--import=${RECORDER}` } });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return readFileSync(file, "utf8").split("\n").map(nameOf);
}

function nameOf(url: string): string {
  const path = url.slice(url.indexOf(root) + root.length + 1);
  return /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? (url.startsWith("node:") ? url : path);
}

const foundIn = (modules: readonly string[], starts: readonly string[]): readonly string[] =>
  modules.filter((module) => starts.some((start) => module.startsWith(start)));

/** What runs items, and what reads and writes them. */
const OF_RUNS = [
  "dist/index.js",
  "dist/chats",
  "dist/config",
  "dist/core/lane",
  "dist/core/runner",
  "dist/llm",
  "dist/retry/index.js",
  "dist/run/index.js",
  "dist/stages",
  "dist/stores/workspace",
  "ai",
  "bullmq",
  "ioredis",
  "node-llama-cpp",
  "pg",
  "yaml",
  "yauzl",
  "zod",
  "node:http",
];

let cwd: string;
let session: string;
beforeAll(async () => {
  cwd = newProject();
  const ended = await holdfast(["import", join(root, "examples/claude-export"), "--out", "notes"], { cwd });
  session = sessionIdIn(ended);
});

describe("holdfast --version", () => {
  it("loads no package at all, and of ours what says the version", async () => {
    const modules = await modulesOf(["--version"], cwd);
    expect(modules.filter((module) => !module.startsWith("node:")).sort()).toEqual([
      "bin/holdfast.js",
      "dist/cli/main.js",
      "dist/cli/terminal/closed-pipe.js",
      "dist/cli/terminal/exit-code.js",
      "dist/cli/terminal/process-end.js",
      "dist/cli/terminal/young-generation.js",
      "dist/cli/text/package-version.js",
    ]);
  });
});

describe("a command that only looks", () => {
  it.each([
    ["the list of sessions", () => ["status"], OF_RUNS],
    ["one session", () => ["status", session], OF_RUNS],
    ["what failed", () => ["show", session], OF_RUNS],
    ["the items of a status", () => ["show", session, "--status", "completed"], OF_RUNS],
    // The waits of a retry are what it shows.
    ["backoff", () => ["backoff"], OF_RUNS.filter((start) => start !== "dist/retry/index.js")],
  ])("loads nothing that runs items: %s", async (_, args, ofRuns) => {
    const modules = await modulesOf(args(), cwd);
    expect(modules).toContain("dist/cli/program.js");
    expect(foundIn(modules, ofRuns)).toEqual([]);
  });
});

describe("compiled code", () => {
  it("is kept in the user's own cache folder", async () => {
    const cache = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
    await holdfast(["status"], { cwd, env: { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache } });
    expect(readdirSync(join(cache, "holdfast", "compiled"))).toHaveLength(1);
  });

  it("is not kept where other users could put code into its folder", async () => {
    const cache = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
    mkdirSync(join(cache, "holdfast"));
    chmodSync(join(cache, "holdfast"), 0o777);
    await holdfast(["status"], { cwd, env: { XDG_CACHE_HOME: cache } });
    expect(readdirSync(join(cache, "holdfast"))).toEqual([]);
  });

  it("is not kept, and nothing is said, where no folder can be made", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "holdfast-cache-")), "a-file");
    writeFileSync(file, "");
    const env = { XDG_CACHE_HOME: file, LOCALAPPDATA: file };
    expect(await holdfast(["--version"], { cwd, env })).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(file, "holdfast"))).toBe(false);
  });
});
