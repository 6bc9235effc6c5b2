import type { ChildProcess } from "node:child_process";
import { start, type Finished, type StartOptions } from "../cli/holdfast.ts";
import { until } from "../until.ts";

/** A `holdfast worker` in a process of its own. It leaves when it is disposed of. */
export interface CommandWorker extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has said until now. */
  readonly heard: () => string;
}

/** Starts one, and waits until it listens to the queue. */
export async function startCommandWorker(args: readonly string[], options: StartOptions): Promise<CommandWorker> {
  const { child, finished } = start(["worker", ...args], options);
  let heard = "";
  child.stderr?.on("data", (chunk: Buffer) => (heard += chunk.toString()));
  await until(() => heard.includes("at once") || child.exitCode !== null);
  return {
    child,
    finished,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await finished;
    },
  };
}
