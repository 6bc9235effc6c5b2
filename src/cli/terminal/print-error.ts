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

/** One JSON document on stdout, for readers of JSON. */
function printJson(error: unknown, hint: string | undefined, mask: Mask): void {
  const code = error instanceof HoldfastError ? error.code : "internal";
  const document = {
    error: { code, message: mask(messageOf(error)), hint: hint && mask(hint) },
    exitCode: exitCodeOfError(code),
  };
  print(JSON.stringify(document, undefined, 2));
}
