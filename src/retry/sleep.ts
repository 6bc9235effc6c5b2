import { offAbort, onAbort } from "./abort-hub.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { type StartTimer, startTimer, yieldToEventLoop } from "./time/index.ts";

/** How to sleep. */
export interface SleepOptions {
  /** Let the process exit while this sleep is all that is left to do. @default false */
  readonly unref?: boolean | undefined;
  /** What starts and cancels timers; a fake clock brings its own. @default the platform's timers */
  readonly startTimer?: StartTimer | undefined;
}

/**
 * Resolves after `duration` (milliseconds, or a string such as `"2s"`; longer than 2^31-1 ms too). 0 makes no timer but
 * yields to the event loop. An abort rejects at once with `signal.reason` itself, cancels the timer and leaves no
 * listener behind.
 *
 * @example
 * ```ts
 * import { sleep } from "holdfast/retry";
 *
 * await sleep("5ms");
 * const leaving = new AbortController();
 * const nap = sleep("1h", leaving.signal);
 * leaving.abort(new Error("time to go"));
 * await nap.catch((error) => console.log(error.message));
 * // prints: time to go
 * ```
 */
export function sleep(duration: Duration, signal?: AbortSignal, options?: SleepOptions): Promise<void> {
  return pause(parseDuration(duration, "sleep"), signal, options?.unref, options?.startTimer);
}

/** The same for a delay in milliseconds that was checked before. */
export function pause(
  delayMs: number,
  signal: AbortSignal | undefined,
  unref: boolean | undefined,
  start: StartTimer = startTimer,
): Promise<void> {
  if (signal !== undefined) return abortablePause(delayMs, signal, unref, start);
  if (delayMs === 0) return yieldToEventLoop();
  return new Promise((resolve) => void start(resolve, delayMs, unref));
}

function abortablePause(
  delayMs: number,
  signal: AbortSignal,
  unref: boolean | undefined,
  start: StartTimer,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel?.();
      reject(signal.reason);
    };
    const wake = (): void => {
      offAbort(signal, abort);
      resolve();
    };
    let cancel: (() => void) | undefined;
    onAbort(signal, abort);
    if (signal.aborted) return;
    if (delayMs === 0) void yieldToEventLoop().then(wake);
    else cancel = start(wake, delayMs, unref);
  });
}
