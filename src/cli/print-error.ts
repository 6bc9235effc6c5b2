import { HoldfastError, messageOf } from "../index.ts";
import { ExitCode, exitCodeOfError } from "./exit-code.ts";

/** Tells a person what went wrong and what to do, on stderr, and returns the exit code. Never a stack for a user's mistake. */
export function printError(error: unknown): ExitCode {
  if (error instanceof HoldfastError) {
    console.error(`error: ${error.message}`);
    if (error.hint !== undefined) console.error(error.hint);
    return exitCodeOfError(error.code);
  }
  console.error(`internal error: ${messageOf(error)}`);
  console.error("This is a fault of Holdfast. What was committed is safe; please report it with the lines below.");
  console.error(error instanceof Error ? error.stack : error);
  return ExitCode.internal;
}
