import type { RetryState } from "../../src/retry/index.ts";

/** The state after a first attempt that raised an error, with what the test changes. */
export function raisedState(changes: Partial<RetryState> = {}): RetryState {
  return {
    attemptNumber: 1,
    startTimeMs: 0,
    elapsedMs: 0,
    idleForMs: 0,
    upcomingSleepMs: 0,
    outcome: { status: "raised", error: new Error("boom") },
    nextSleepMs: undefined,
    fn: () => {},
    args: [],
    name: "fetchPage",
    errors: [],
    random: () => 0.5,
    ...changes,
  };
}

/** A config that retries at once, so that no test waits. */
export const WITHOUT_WAIT = { minWaitSeconds: 0, maxWaitSeconds: 0 } as const;

/** A function that raises the given errors one after another, then returns "ok"; it counts its calls. */
export function failingWith(...errors: readonly unknown[]): { (): Promise<string>; calls: number } {
  const fn = async (): Promise<string> => {
    fn.calls += 1;
    if (fn.calls <= errors.length) throw errors[fn.calls - 1];
    return "ok";
  };
  fn.calls = 0;
  return fn;
}

/** A logger that keeps what it is told. */
export class MemoryLogger {
  readonly lines: string[] = [];

  debug(message: string): void {
    this.lines.push(`debug: ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info: ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error: ${message}`);
  }
}
