import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, symlinkSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./root.ts";
import { type Finished, runWarm } from "./warm-process.ts";

export { root } from "./root.ts";
export type { Finished } from "./warm-process.ts";

export interface StartOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A command that was started. */
export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has said on stderr so far. */
  readonly said: () => string;
}

/** Starts the built command line as a user does. */
export function start(args: readonly string[], { cwd, env = {} }: StartOptions): Started {
  const child = spawn(process.execPath, [join(root, "bin/holdfast.js"), ...args], {
    cwd,
    env: { ...inherited(), ...env },
  });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out.stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => child.on("close", (code) => resolve({ code, ...out })));
  return { child, finished, said: () => out.stderr };
}

function inherited(): NodeJS.ProcessEnv {
  const { OLLAMA_HOST: _, OPENAI_BASE_URL: __, OPENAI_API_KEY: ___, ...here } = process.env;
  // It keeps its compiled code where it does for a user.
  const { NODE_COMPILE_CACHE: ____, ...rest } = here;
  return rest;
}

/** Runs the built command line to its end: in a process of its own where that may matter, and in `make soak` always. */
export const holdfast = (args: readonly string[], options: StartOptions): Promise<Finished> =>
  process.env["SOAK"] === "1" || needsOwnProcess(args, options)
    ? start(args, options).finished
    : runWarm({ args, cwd: options.cwd, env: { ...inherited(), ...options.env } });

/** Some things are read when a process starts, and connections to a queue outlive a command. */
const needsOwnProcess = (args: readonly string[], { env = {} }: StartOptions): boolean =>
  Object.keys(env).some((name) => /^(?:NODE|HOLDFAST|XDG|LLAMA)_/.test(name)) ||
  args.some((arg) => /^(?:--(?:engine|redis|postgres)\b|worker$)/.test(arg));

/** A new folder in which `holdfast`, `zod` and packages of the AI SDK can be imported, as in a user's project. */
export function newProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-cli-")));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "holdfast"));
  for (const name of ["zod", "ai", "@ai-sdk"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  return folder;
}

/** The id in a session's first line of output. */
export function sessionIdIn({ stdout, stderr }: Finished): string {
  const id = /\b\d{8}_\d{6}(?:_\d+)?\b/.exec(stderr + stdout)?.[0];
  if (id === undefined) throw new Error(`No session id in:\n${stdout}\n${stderr}`);
  return id;
}
