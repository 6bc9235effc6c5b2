import { TimeoutError } from "../../retry/index.ts";

/** The one time limit that a call is under at the moment. */
export interface Deadline {
  /** Replaces the limit. `what` begins the error's message: "No answer started". */
  set(limitMs: number, what: string): void;
  /** Starts the same limit again. */
  restart(): void;
  clear(): void;
}

/** The longest time Node's timers can wait; anything longer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Calls `onTimeout` with a `TimeoutError` when a limit passes. */
export function createDeadline(onTimeout: (error: TimeoutError) => void): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    set(limitMs, what) {
      clear();
      if (limitMs > LONGEST_TIMER_MS) return;
      timer = setTimeout(() => onTimeout(new TimeoutError(`${what} within ${limitMs / 1000} s`)), limitMs);
    },
    restart() {
      timer?.refresh();
    },
    clear,
  };
}
