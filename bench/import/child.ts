import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What a reading took in a process of its own. */
export interface Reading {
  readonly seconds: number;
  readonly elements: number;
  readonly maxRssBytes: number;
}

/** Runs a program in `children/`, which reads a file and prints what it took as JSON. */
export async function readIn(file: string, path: string): Promise<Reading> {
  const printed = await run([join(import.meta.dirname, "children", file), path], import.meta.dirname);
  return JSON.parse(printed) as Reading;
}

/** Runs Node to its end and gives what it printed. */
export async function run(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}.`);
  return printed;
}
