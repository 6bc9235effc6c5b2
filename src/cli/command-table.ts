import type { Command } from "commander";
import type { SetExitCode } from "./terminal/exit-code.ts";

type MakeCommand = (exit: SetExitCode) => Promise<Command>;

/** In the order of the help. Each is loaded on demand, so that `status` does not load the modules of `import`. */
const COMMANDS: Readonly<Record<string, MakeCommand>> = {
  import: async (exit) => (await import("./commands/import.ts")).importCommand(exit),
  organize: async (exit) => (await import("./commands/organize.ts")).organizeCommand(exit),
  plan: async () => (await import("./commands/plan.ts")).planCommand(),
  try: async (exit) => (await import("./commands/try.ts")).tryCommand(exit),
  run: async (exit) => (await import("./commands/run.ts")).runCommand(exit),
  resume: async (exit) => (await import("./commands/resume.ts")).resumeCommand(exit),
  retry: async (exit) => (await import("./commands/retry.ts")).retryCommand(exit),
  cancel: async () => (await import("./commands/cancel.ts")).cancelCommand(),
  worker: async (exit) => (await import("./commands/worker.ts")).workerCommand(exit),
  status: async () => (await import("./commands/status.ts")).statusCommand(),
  show: async () => (await import("./commands/show.ts")).showCommand(),
  drift: async () => (await import("./commands/drift.ts")).driftCommand(),
  prompts: async () => (await import("./commands/prompts.ts")).promptsCommand(),
  review: async (exit) => (await import("./commands/review.ts")).reviewCommand(exit),
  cache: async () => (await import("./commands/cache.ts")).cacheCommand(),
  clean: async () => (await import("./commands/clean.ts")).cleanCommand(),
  backoff: async () => (await import("./commands/backoff.ts")).backoffCommand(),
};

/** The command of that name; all commands for anything else, such as `--help` or a misspelled name. */
export async function commandsFor(asked: string | undefined, exit: SetExitCode): Promise<readonly Command[]> {
  const makes = asked !== undefined && Object.hasOwn(COMMANDS, asked) ? [COMMANDS[asked]] : Object.values(COMMANDS);
  return Promise.all(makes.flatMap((make) => (make ? [make(exit)] : [])));
}
