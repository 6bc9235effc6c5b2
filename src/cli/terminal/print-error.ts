import { HoldfastError, messageOf, secretMask, type Mask } from "../../core/failure/index.ts";
import { ExitCode, exitCodeOfError } from "./exit-code.ts";

/** Tells a person what went wrong and what to do, on stderr, and returns the exit code. Never a stack for a user's mistake. */
export function printError(error: unknown, { json }: { readonly json: boolean }): ExitCode {
  const mask = secretMask(process.env);
  if (json) printJson(error, mask);
  if (error instanceof HoldfastError) {
    console.error(`error: ${mask(error.message)}`);
    if (error.hint !== undefined) console.error(mask(error.hint));
    return exitCodeOfError(error.code);
  }
  console.error(`internal error: ${mask(messageOf(error))}`);
  console.error("This is a fault of Holdfast. What was committed is safe; please report it with the lines below.");
  console.error(mask((error instanceof Error && error.stack) || messageOf(error)));
  return ExitCode.internal;
}

/** One document on stdout, so that whoever reads JSON gets JSON. */
function printJson(error: unknown, mask: Mask): void {
  const isOurs = error instanceof HoldfastError;
  const { code, hint } = isOurs ? error : ({ code: "internal", hint: undefined } as const);
  const document = {
    error: { code, message: mask(messageOf(error)), hint: hint && mask(hint) },
    exitCode: exitCodeOfError(code),
  };
  console.log(JSON.stringify(document, undefined, 2));
}
