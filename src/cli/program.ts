import { Command, CommanderError } from "commander";
import { commandsFor } from "./command-table.ts";
import { ExitCode, type SetExitCode } from "./terminal/exit-code.ts";
import { terminalText } from "./text/escape/terminal-text.ts";
import { packageVersion } from "./text/package-version.ts";
import { rememberFolder } from "./text/show-path.ts";
import { print } from "./terminal/print.ts";

/** Parses the flags and runs the command. Errors of the command are thrown; a mistake in the flags was reported before. */
export async function runProgram(argv: readonly string[], exit: SetExitCode): Promise<void> {
  rememberFolder();
  try {
    const root = await program(argv[2], exit);
    await root.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exit(wasAskedFor(error, argv) ? ExitCode.done : usageMistake(error, { json: argv.includes("--json") }));
  }
}

/** Help and version are thrown as errors too. Their exit code replaces the initial one. */
const wasAskedFor = (error: CommanderError, argv: readonly string[]): boolean =>
  error.exitCode === 0 || (error.code === "commander.help" && argv.includes("help"));

/** Commander has reported it already. */
function usageMistake(error: CommanderError, { json }: { readonly json: boolean }): ExitCode {
  if (json)
    print(
      JSON.stringify(
        { error: { code: "usage", message: error.message.replace(/^error: /, "") }, exitCode: ExitCode.usage },
        undefined,
        2,
      ),
    );
  return ExitCode.usage;
}

const EXIT_CODES = `
Get started:
  $ holdfast import ~/Downloads/claude-export.zip --out notes    chats become Markdown notes; no model is needed
  $ holdfast import --help                                       with a model, and what else can be imported

Exit codes:
  0 done · 1 usage · 2 input missing or unreadable · 3 model or API not usable · 4 some items failed · 5 all failed
  6 a limit was reached · 70 internal fault, or the process was ended in the middle · 74 could not write · 130 interrupted`;

async function program(asked: string | undefined, exit: SetExitCode): Promise<Command> {
  const root = new Command("holdfast")
    .description("ETL over flaky, rate-limited, paid APIs: runs that can be killed, resumed and audited.")
    .version(packageVersion())
    .addHelpText("after", EXIT_CODES);
  const commands = await commandsFor(asked, exit);
  for (const command of commands) root.addCommand(command);
  for (const command of withSubcommands([root]))
    command
      .exitOverride()
      .configureOutput({ writeOut: writtenTo(process.stdout), writeErr: writtenTo(process.stderr) })
      .showHelpAfterError("Run it with --help for examples.");
  return root;
}

const withSubcommands = (commands: readonly Command[]): readonly Command[] =>
  commands.flatMap((command) => [command, ...withSubcommands(command.commands)]);

/** Commander's complaints quote what was typed or pasted. */
const writtenTo =
  (stream: NodeJS.WriteStream) =>
  (text: string): void =>
    void stream.write(terminalText(text));
