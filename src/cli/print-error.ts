import { HoldfastError, messageOf } from "../index.ts";
import { ExitCode, exitCodeOfError } from "./exit-code.ts";

/** Tells a person what went wrong and what to do, on stderr, and returns the exit code. Never a stack for a user's mistake. */
export function printError(error: unknown, { json }: { readonly json: boolean }): ExitCode {
  if (json) printJson(error);
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

/** One document on stdout, so that whoever reads JSON gets JSON. */
function printJson(error: unknown): void {
  const isOurs = error instanceof HoldfastError;
  const { code, hint } = isOurs ? error : ({ code: "internal", hint: undefined } as const);
  const document = { error: { code, message: messageOf(error), hint }, exitCode: exitCodeOfError(code) };
  console.log(JSON.stringify(document, undefined, 2));
}
