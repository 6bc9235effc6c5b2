import { messageOf } from "../failure/index.ts";
import { currentCall, currentPlace, describePlace, type CodePlace, type RunningCode } from "./running-code.ts";

/** How the process ended in the middle of a run. */
export interface UnexpectedExit {
  /** What ended it and what was under way, in sentences. */
  readonly message: string;
  /** What the process ends with. */
  readonly exitCode: number;
}

/** An error that nobody caught. */
export interface Uncaught {
  readonly error: unknown;
  /** What it says, and where it came from when that is known. */
  readonly message: string;
}

/** Work that a process must not end in the middle of without a word. */
export interface GuardedWork {
  /** As in `session 20260119_143052`. */
  readonly what: string;
  readonly running: RunningCode;
  /** Called before the process ends, to save synchronously what can be saved. */
  readonly save?: () => void;
  /** Called when the process ends in the middle of the work. Nothing asynchronous can follow. */
  readonly onExit: (exit: UnexpectedExit) => void;
  /**
   * Called with an error that nobody caught and that failed no call. Given, such errors do not end the process; else
   * they do, as in any program.
   */
  readonly onUncaught?: ((uncaught: Uncaught) => void) | undefined;
}

/** The exit code of a process that the pipeline's own code ended. */
const EXIT_CODE = 70;

const guarded = new Set<GuardedWork>();
let isOnPurpose = false;
/** The error that is about to end the process. */
let fatal: Uncaught | undefined;

/** Ends the process on purpose: nothing is said about what is under way. */
export function exitOnPurpose(code: number): never {
  isOnPurpose = true;
  process.exit(code);
}

/**
 * Watches the process until it is disposed of. The handlers only look on, and there is one of each however many runs there
 * are: without `onUncaught`, nothing that the process does is changed, but for the exit code when the pipeline's code
 * calls `process.exit`.
 */
export function guardProcess(work: GuardedWork): Disposable {
  if (guarded.size === 0) {
    // First, so that the command line, which watches too, finds what a run has said.
    process.prependListener("exit", onExit);
    process.on("uncaughtExceptionMonitor", onFatal);
  }
  const { onUncaught } = work;
  if (onUncaught && !isCatching()) for (const event of UNCAUGHT) process.on(event, onUncaughtError);
  guarded.add(work);
  return {
    [Symbol.dispose](): void {
      if (!guarded.delete(work)) return;
      if (onUncaught && !isCatching()) for (const event of UNCAUGHT) process.off(event, onUncaughtError);
      if (guarded.size > 0) return;
      process.off("exit", onExit);
      process.off("uncaughtExceptionMonitor", onFatal);
    },
  };
}

const UNCAUGHT = ["uncaughtException", "unhandledRejection"] as const;

/** Whether errors that nobody caught are handled now, by one run or another. */
export const isCatching = (): boolean => [...guarded].some(({ onUncaught }) => onUncaught !== undefined);

function onUncaughtError(error: unknown): void {
  // It is handled, and ends nothing.
  fatal = undefined;
  // A call that is under way fails by it, and with it only its item.
  if (currentCall()?.fail(error)) return;
  const uncaught = uncaughtBy(error);
  for (const { onUncaught } of guarded) onUncaught?.(uncaught);
}

function uncaughtBy(error: unknown): Uncaught {
  const place = currentPlace();
  const from = place === undefined ? "" : ` from ${describePlace(place)}`;
  return { error, message: `An error${from} was caught by nobody: ${messageOf(error)}` };
}

function onFatal(error: unknown): void {
  fatal = uncaughtBy(error);
}

function onExit(code: number): void {
  const place = currentPlace();
  const isByPipeline = fatal === undefined && place !== undefined;
  const exitCode = isByPipeline ? EXIT_CODE : code;
  if (!isOnPurpose && exitCode !== code) process.exitCode = exitCode;
  for (const work of guarded) {
    try {
      work.save?.();
      if (!isOnPurpose) work.onExit({ message: describeExit(work, { code, place }), exitCode });
    } catch {
      // The process ends either way.
    }
  }
}

function describeExit(
  { what, running }: GuardedWork,
  { code, place }: { readonly code: number; readonly place: CodePlace | undefined },
): string {
  return `${causeOfExit(code, place)} It was in the middle of ${what}${underWay(running, place)}.`;
}

function causeOfExit(code: number, place: CodePlace | undefined): string {
  if (fatal) return `The process ended by an error. ${fatal.message.replace(/\.?$/, ".")}`;
  if (place) return `\`process.exit(${code})\` was called in ${describePlace(place)} and ended the process.`;
  return `The process was ended with exit code ${code}.`;
}

const SHOWN = 5;

function underWay(running: RunningCode, named: CodePlace | undefined): string {
  const others = running.places().filter((place) => place !== named);
  if (others.length === 0) return "";
  const more = others.length > SHOWN ? `, and ${others.length - SHOWN} more` : "";
  return `, with ${others.slice(0, SHOWN).map(describePlace).join(", ")}${more} under way`;
}
