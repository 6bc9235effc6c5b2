import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** A program that measures something in a process of its own and prints what it found as JSON. */
export interface Child {
  /** File name in `children/`. */
  readonly file: string;
  readonly args: readonly (string | number)[];
  /** What to run it under, such as strace; @default nothing */
  readonly under?: readonly string[];
}

/** Runs a child to its end and gives what it printed; `undefined` when it printed nothing. */
export async function runChild<T>({ file, args, under = [] }: Child): Promise<T | undefined> {
  const script = join(import.meta.dirname, "children", file);
  const command = [...under, process.execPath, "--disable-warning=ExperimentalWarning", script, ...args.map(String)];
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}.`);
  return printed === "" ? undefined : (JSON.parse(printed) as T);
}

/** What a measured child prints, or an error when it printed nothing. */
export async function measureIn<T>(child: Child): Promise<T> {
  const found = await runChild<T>(child);
  if (found === undefined) throw new Error(`${child.file} measured nothing.`);
  return found;
}
