import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { backoffCommand } from "./backoff.ts";
import { ExitCode } from "./exit-code.ts";
import { importCommand } from "./import.ts";
import { printError } from "./print-error.ts";
import { resumeCommand } from "./resume.ts";
import { retryCommand } from "./retry.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";

/** How a command says what the process ends with. */
export type SetExitCode = (code: ExitCode) => void;

/** The command line. `argv` is `process.argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  hushExperimentalWarnings();
  // Stands until a command has come to its end: a process that dies on the way has not done its work.
  process.exitCode = ExitCode.internal;
  let exitCode: ExitCode = ExitCode.done;
  const exit: SetExitCode = (code) => {
    exitCode = code;
  };
  try {
    await program(exit).parseAsync([...argv]);
  } catch (error) {
    // Commander has told the user already; help and version come this way too, with exit code 0.
    exit(error instanceof CommanderError ? (error.exitCode === 0 ? ExitCode.done : ExitCode.usage) : printError(error));
  }
  process.exitCode = exitCode;
}

function program(exit: SetExitCode): Command {
  const root = new Command("holdfast")
    .description("ETL over flaky, rate-limited, paid APIs: runs that can be killed, resumed and audited.")
    .version(version())
    .showHelpAfterError("(run with --help for examples)");
  const commands = [
    importCommand(exit),
    runCommand(exit),
    resumeCommand(exit),
    retryCommand(exit),
    statusCommand(),
    backoffCommand(),
  ];
  for (const command of commands) root.addCommand(command);
  for (const command of [root, ...commands]) command.exitOverride();
  return root;
}

function version(): string {
  const { version: found }: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return found;
}

/** node:sqlite warns that it is experimental on the Node versions we support; that is our concern and not the user's. */
function hushExperimentalWarnings(): void {
  const emit = process.emitWarning.bind(process);
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (String(warning).includes("SQLite is an experimental feature")) return;
    emit(warning, ...rest);
  }) as typeof process.emitWarning;
}
