import { HoldfastError, messageOf, secretMask, type Mask } from "../../core/failure/index.ts";
import { hintForTerminal } from "../text/hint-text.ts";
import { ExitCode, exitCodeOfError } from "./exit-code.ts";
import { print, printAside } from "./print.ts";

export interface PrintErrorOptions {
  readonly json: boolean;
  /** For commands that the hint names. */
  readonly workspaceFlag?: string;
}

/** Prints what went wrong and what to do on stderr, and returns the exit code. Never a stack for a user's mistake. */
export function printError(error: unknown, { json, workspaceFlag = "" }: PrintErrorOptions): ExitCode {
  const mask = secretMask(process.env);
  const hint =
    error instanceof HoldfastError && error.hint !== undefined
      ? hintForTerminal(error.hint, { workspaceFlag })
      : undefined;
  if (json) printJson(error, hint, mask);
  if (error instanceof HoldfastError) {
    printAside(`error: ${mask(error.message)}`);
    if (hint !== undefined) printAside(mask(hint));
    return exitCodeOfError(error.code);
  }
  printAside(`internal error: ${mask(messageOf(error))}`);
  printAside("This is a bug in Holdfast. Committed results are safe; please report it with the lines below.");
  printAside(mask((error instanceof Error && error.stack) || messageOf(error)));
  return ExitCode.internal;
}

/** Prints an error that nobody caught, outside of a run. */
export function printUncaught(error: unknown, { json }: PrintErrorOptions): void {
  const mask = secretMask(process.env);
  if (json) printJson(error, undefined, mask);
  printAside(`error: An error was caught by nobody: ${mask(messageOf(error))}`);
  printAside(
    "No run was under way. It comes from code that the command loaded, or from Holdfast, as the lines below say.",
  );
  printAside(mask((error instanceof Error && error.stack) || messageOf(error)));
}

/** Prints that standard output or standard error takes no more. */
export function printLostOutput(error: Error, { workspaceFlag = "" }: Pick<PrintErrorOptions, "workspaceFlag">): void {
  printAside(`error: Could not write what the command prints: ${error.message}.`);
  printAside(
    `What it does is saved all the same; only the lines are lost. Free some space, or print to another place: \`holdfast status${workspaceFlag}\` lists the sessions.`,
  );
}

/** One JSON document on stdout, for readers of JSON. */
function printJson(error: unknown, hint: string | undefined, mask: Mask): void {
  const code = error instanceof HoldfastError ? error.code : "internal";
  const document = {
    error: { code, message: mask(messageOf(error)), hint: hint && mask(hint) },
    exitCode: exitCodeOfError(code),
  };
  print(JSON.stringify(document, undefined, 2));
}
