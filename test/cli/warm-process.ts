import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { Readable } from "node:stream";
import { root } from "./root.ts";

/** What a process ran to its end. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One run of the command line. */
export interface WarmCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A process takes so many commands at the most, so that what one leaves behind does not add up. */
const MAX_COMMANDS = 40;

/** Processes that wait for their next command. */
const idle: WarmProcess[] = [];

/**
 * Runs a command with the built command line in a process that has run others before: most of what a short command takes
 * is the start of Node and of our modules. Commands at the same time have a process each. One that ends its process is
 * told like any other, by the exit code of the process.
 */
export async function runWarm(command: WarmCommand): Promise<Finished> {
  const index = idle.findIndex((process) => process.isFor(command));
  const [process = startWarmProcess()] = index === -1 ? [] : idle.splice(index, 1);
  const finished = await process.run(command);
  idle.push(process);
  return finished;
}

interface WarmProcess {
  readonly run: (command: WarmCommand) => Promise<Finished>;
  /** Whether it runs, and has loaded no code from that folder: a process keeps a module as it was, and what it counted. */
  readonly isFor: (command: WarmCommand) => boolean;
}

function startWarmProcess(): WarmProcess {
  const child = fork(new URL("fixtures/warm-process.mjs", import.meta.url), [root], {
    stdio: ["pipe", "pipe", "pipe", "ipc"],
  });
  const streams = [child.stdout, child.stderr].map((stream) => readToMark(stream ?? Readable.from([])));
  // Between commands it keeps nobody waiting; without its parent it ends.
  for (const part of [child, child.channel, child.stdin, child.stdout, child.stderr]) unref(part);
  const hasEnded = once(child, "close");
  let left = MAX_COMMANDS;
  const foldersOfCode = new Set<string>();
  return {
    isFor: ({ cwd }) => left > 0 && child.exitCode === null && child.signalCode === null && !foldersOfCode.has(cwd),
    async run(command) {
      left -= 1;
      if (readdirSync(command.cwd).some((name) => /\.[cm]?[jt]s$/.test(name))) foldersOfCode.add(command.cwd);
      const mark = `\0end of command ${left}\0`;
      const texts = streams.map((stream) => stream.upTo(mark));
      const code = codeOf(child);
      child.send({ ...command, mark });
      const isDone = Promise.all([code, ...texts]).then(([exitCode]) => exitCode);
      const exitCode = await Promise.race([isDone, hasEnded.then(() => child.exitCode)]);
      const [stdout = "", stderr = ""] = streams.map((stream) => stream.take(mark));
      if (left === 0) child.disconnect();
      return { code: exitCode, stdout, stderr };
    },
  };
}

/** The exit code that the command would have given its process. */
async function codeOf(child: ChildProcess): Promise<number> {
  const [code]: unknown[] = await once(child, "message");
  return Number(code);
}

/** Collects what a stream says, up to a mark that stands behind a command's last line. */
function readToMark(stream: Readable): {
  readonly upTo: (mark: string) => Promise<void>;
  readonly take: (mark: string) => string;
} {
  let text = "";
  let look = (): void => {};
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    look();
  });
  return {
    upTo: (mark) =>
      new Promise((resolve) => {
        look = () => {
          if (text.endsWith(mark)) resolve();
        };
      }),
    take(mark) {
      const said = text.endsWith(mark) ? text.slice(0, -mark.length) : text;
      text = "";
      return said;
    },
  };
}

/** Pipes and channels have it, and their types do not say so. */
function unref(part: unknown): void {
  if (typeof part === "object" && part !== null && "unref" in part && typeof part.unref === "function") part.unref();
}
