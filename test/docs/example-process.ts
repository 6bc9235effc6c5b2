import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { Ran } from "./run-examples.ts";

/** Runs modules one after the other in one process, and in a new one when a module took the process with it. */
export interface ExampleProcess {
  run(file: string): Promise<Ran>;
  /** The next module gets a new process. */
  end(): void;
}

export function exampleProcess(given: Readonly<Record<string, string>> = {}): ExampleProcess {
  const { OLLAMA_HOST: _, OPENAI_BASE_URL: __, OPENAI_API_KEY: ___, ...inherited } = process.env;
  let child: ChildProcess | undefined;
  const begin = (): ChildProcess =>
    fork(join(import.meta.dirname, "run-examples.ts"), {
      env: { ...inherited, ...given },
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
  return {
    async run(file) {
      const current = (child ??= begin());
      const { promise, resolve } = Promise.withResolvers<Ran>();
      const closed = (code: number | null): void => {
        child = undefined;
        resolve({ file, printed: "", complained: "", problem: `The process ended with ${String(code)}.` });
      };
      current.once("message", resolve);
      current.once("close", closed);
      current.send(file);
      const ran = await promise;
      current.off("message", resolve);
      current.off("close", closed);
      return ran;
    },
    end() {
      child?.disconnect();
      child = undefined;
    },
  };
}
