import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, realpathSync, symlinkSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The project's root. */
export const root: string = realpathSync(new URL("../..", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

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
  const { OLLAMA_HOST: _, OPENAI_BASE_URL: __, OPENAI_API_KEY: ___, ...here } = process.env;
  // It keeps its compiled code where it does for a user.
  const { NODE_COMPILE_CACHE: ____, ...inherited } = here;
  const child = spawn(process.execPath, [join(root, "bin/holdfast.js"), ...args], {
    cwd,
    env: { ...inherited, ...env },
  });
  const out = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (out.stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => child.on("close", (code) => resolve({ code, ...out })));
  return { child, finished, said: () => out.stderr };
}

/** Runs the built command line to its end. */
export const holdfast = (args: readonly string[], options: StartOptions): Promise<Finished> =>
  start(args, options).finished;

/** A new folder in which `holdfast` and `zod` can be imported, as in a user's project. */
export function newProject(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-cli-")));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", "holdfast"));
  symlinkSync(join(root, "node_modules", "zod"), join(folder, "node_modules", "zod"));
  return folder;
}

/** The id in a session's first line of output. */
export function sessionIdIn({ stdout, stderr }: Finished): string {
  const id = /\b\d{8}_\d{6}(?:_\d+)?\b/.exec(stderr + stdout)?.[0];
  if (id === undefined) throw new Error(`No session id in:\n${stdout}\n${stderr}`);
  return id;
}
