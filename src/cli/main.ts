import { endWith, goOnWithoutReader } from "./terminal/closed-pipe.ts";
import { ExitCode, type SetExitCode } from "./terminal/exit-code.ts";
import { watchProcessEnd } from "./terminal/process-end.ts";
import { keepYoungGenerationSmall } from "./terminal/young-generation.ts";
import { packageVersion } from "./text/package-version.ts";

/** The command line. `argv` is `process.argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes("--json");
  goOnWithoutReader([process.stdout, process.stderr], (error) => void reportLostOutput(error, argv));
  watchProcessEnd();
  keepYoungGenerationSmall();
  // The exit code until the command ends: a process that dies before has not done its work.
  process.exitCode = ExitCode.internal;
  let exitCode: ExitCode = ExitCode.done;
  const exit: SetExitCode = (code) => {
    exitCode = code;
  };
  try {
    if (isVersion(argv[2])) process.stdout.write(`${packageVersion()}\n`);
    else await (await import("./program.ts")).runProgram(argv, exit);
  } catch (error) {
    const { printError } = await import("./terminal/print-error.ts");
    exit(printError(error, { json, workspaceFlag: await workspaceFlagIn(argv) }));
  }
  endWith(exitCode);
}

async function reportLostOutput(error: Error, argv: readonly string[]): Promise<void> {
  const { printLostOutput } = await import("./terminal/print-error.ts");
  printLostOutput(error, { workspaceFlag: await workspaceFlagIn(argv) });
}

/** For commands that are printed. */
async function workspaceFlagIn(argv: readonly string[]): Promise<string> {
  const { atWorkspace } = await import("./text/at-workspace.ts");
  const workspace = flagIn(argv, "--workspace");
  return workspace === undefined ? "" : atWorkspace(workspace);
}

/** The value of a flag, whatever command it was given to. */
function flagIn(argv: readonly string[], flag: string): string | undefined {
  const index = argv.indexOf(flag);
  return index === -1 ? argv.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1) : argv[index + 1];
}

/** Answered here, without loading the parsers of all commands. */
const isVersion = (asked: string | undefined): boolean => asked === "--version" || asked === "-V";
