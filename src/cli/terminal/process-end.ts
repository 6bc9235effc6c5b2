import { writeSync } from "node:fs";
import { ExitCode } from "./exit-code.ts";

let isDone = false;
let isTold = false;
/** Whether a run handles the errors that nobody catches. */
let isLeftToRun = (): boolean => false;

/** The command is done, or is ended on purpose: its exit code stands. */
export function commandIsDone(): void {
  isDone = true;
}

/** Errors that nobody catches are a run's, whenever there is one that handles them. */
export function leaveUncaughtToRun(isHandling: () => boolean): void {
  isLeftToRun = isHandling;
}

/** Prints what went wrong when nothing asynchronous can follow any more. */
export function printLast(message: string, nextStep: string): void {
  isTold = true;
  const document = { error: { code: "internal", message, hint: nextStep }, exitCode: ExitCode.internal };
  if (process.argv.includes("--json")) writeNow(1, JSON.stringify(document, undefined, 2));
  writeNow(2, `error: ${message}\n${nextStep}`);
}

/** Past the streams. Without a reader the lines are lost. */
function writeNow(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, `${text}\n`);
  } catch {
    // Nobody could read it.
  }
}

/**
 * A command whose process ends before it is done has failed, whatever exit code was given: a pipeline's file may call
 * `process.exit(0)`. An error that nobody caught ends it with a sentence.
 */
export function watchProcessEnd(): void {
  process.on("exit", (code) => {
    if (isDone) return;
    process.exitCode = ExitCode.internal;
    if (!isTold) printLast(endedEarly(code), NO_RUN);
  });
  const onUncaught = (escaped: unknown): void => {
    if (isTold || isLeftToRun()) return;
    isTold = true;
    void endByUncaught(escaped);
  };
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
}

async function endByUncaught(escaped: unknown): Promise<void> {
  try {
    const { printUncaught } = await import("./print-error.ts");
    printUncaught(escaped, { json: process.argv.includes("--json") });
  } finally {
    process.exit(ExitCode.internal);
  }
}

const endedEarly = (code: number): string =>
  `The process was ended with exit code ${code} before the command was done, by code that the command loaded, such as a pipeline's file.`;

const NO_RUN = "No run was under way. Look for `process.exit` in that code.";
