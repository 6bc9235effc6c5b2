import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { commandsFor } from "./commands/commands.ts";
import { ExitCode, type SetExitCode } from "./terminal/exit-code.ts";
import { printError } from "./terminal/print-error.ts";
import { keepYoungGenerationSmall } from "./terminal/young-generation.ts";

/** The command line. `argv` is `process.argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  keepYoungGenerationSmall();
  // Stands until a command has come to its end: a process that dies on the way has not done its work.
  process.exitCode = ExitCode.internal;
  let exitCode: ExitCode = ExitCode.done;
  const exit: SetExitCode = (code) => {
    exitCode = code;
  };
  try {
    const root = await program(argv[2], exit);
    await root.parseAsync([...argv]);
  } catch (error) {
    exit(exitCodeFor(error, { json: argv.includes("--json") }));
  }
  process.exitCode = exitCode;
}

function exitCodeFor(error: unknown, { json }: { readonly json: boolean }): ExitCode {
  if (!(error instanceof CommanderError)) return printError(error, { json });
  // Commander has told the user already; help and version come this way too, with exit code 0.
  if (error.exitCode === 0) return ExitCode.done;
  if (json)
    console.log(
      JSON.stringify(
        { error: { code: "usage", message: error.message.replace(/^error: /, "") }, exitCode: ExitCode.usage },
        undefined,
        2,
      ),
    );
  return ExitCode.usage;
}

const EXIT_CODES = `
To begin with:
  $ holdfast import ~/Downloads/claude-export.zip --out notes    chats become Markdown notes; no model is needed
  $ holdfast import --help                                       with a model, and what else can be imported

Exit codes:
  0 done · 1 usage · 2 input missing or unreadable · 3 model or API not usable · 4 some items failed · 5 all failed
  6 a ceiling was reached · 70 internal fault · 74 could not write · 130 interrupted`;

async function program(asked: string | undefined, exit: SetExitCode): Promise<Command> {
  const root = new Command("holdfast")
    .description("ETL over flaky, rate-limited, paid APIs: runs that can be killed, resumed and audited.")
    .version(version())
    .addHelpText("after", EXIT_CODES);
  const commands = await commandsFor(asked, exit);
  for (const command of commands) root.addCommand(command);
  for (const command of [root, ...commands])
    command.exitOverride().showHelpAfterError("Run it with --help for examples.");
  return root;
}

function version(): string {
  const { version: found }: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return found;
}
