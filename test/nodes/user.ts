import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { newProject, root } from "../cli/holdfast.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly ended: Promise<Ended>;
  /** What it has said until now, on both streams. */
  readonly heard: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** Somebody who has a project, one version of Node, and Holdfast as it is published. */
export class User {
  readonly folder: string = newProject();
  readonly #node: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #warnings = new Set<string>();

  constructor(node: string, env: Readonly<Record<string, string>> = {}) {
    this.#node = node;
    this.#env = env;
  }

  /** Lines in which a Node warned of something, in whatever was run. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Runs the command line to its end. */
  holdfast(...args: readonly string[]): Promise<Ended> {
    return this.startHoldfast(...args).ended;
  }

  startHoldfast(...args: readonly string[]): Started {
    return this.#start([join(root, "bin/holdfast.js"), ...args]);
  }

  /** Runs a file of the project to its end. */
  node(file: string): Promise<Ended> {
    return this.#start([file]).ended;
  }

  #start(args: readonly string[]): Started {
    // Without flags of ours: a user has none.
    const { NODE_OPTIONS: _, OLLAMA_HOST: __, ...inherited } = process.env;
    const child = spawn(this.#node, args, { cwd: this.folder, env: { ...inherited, ...this.#env } });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said.stderr += chunk.toString()));
    const ended = once(child, "close").then(([code]: (number | null)[]): Ended => {
      for (const line of said.stderr.split("\n")) if (/\w+Warning\b/.test(line)) this.#warnings.add(withoutPid(line));
      return { code: code ?? null, ...said };
    });
    return { ended, heard: () => said.stdout + said.stderr, kill: (signal) => void child.kill(signal) };
  }
}

const withoutPid = (line: string): string => line.replace(/^\(node:\d+\) /, "");
