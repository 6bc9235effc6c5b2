/// <reference lib="esnext.disposable" preserve="true" />
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A program in a process of its own, with which one talks in messages. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #received: unknown[] = [];
  #onNews: () => void = () => {};
  #hasEnded = false;

  /** `file` is in `children/`. */
  constructor(file: string, ...args: readonly (string | number)[]) {
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    this.#process = fork(join(import.meta.dirname, "children", file), args.map(String), { execArgv });
    this.#process.on("message", (message) => {
      this.#received.push(message);
      this.#onNews();
    });
    this.#process.on("exit", () => {
      this.#hasEnded = true;
      this.#onNews();
    });
  }

  /** The next thing that it says. Throws when it ends before. */
  async receive(): Promise<unknown> {
    while (this.#received.length === 0) {
      if (this.#hasEnded) throw new Error(`${this.#process.spawnargs.join(" ")} ended without a word.`);
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
    return this.#received.shift();
  }

  ask(): Promise<unknown> {
    this.#process.send("how much?");
    return this.receive();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
