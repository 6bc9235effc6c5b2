import { onAbort } from "./abort-hub.ts";
import { type Duration, parseDuration } from "./duration.ts";
import { type StartTimer, startTimer, yieldToEventLoop } from "./timer.ts";

/** How to sleep. */
export interface SleepOptions {
  /** Let the process exit while this sleep is all that is left to do. @default false */
  readonly unref?: boolean | undefined;
  /** What starts and cancels timers; a fake clock brings its own. @default the platform's timers */
  readonly startTimer?: StartTimer | undefined;
}

/**
 * Resolves after `duration` (milliseconds, or a text such as `"2s"`; longer than 2^31-1 ms too).
 * 0 makes no timer but yields to the event loop. An abort rejects at once with `signal.reason` itself,
 * cancels the timer and leaves no listener behind.
 */
export function sleep(duration: Duration, signal?: AbortSignal, options?: SleepOptions): Promise<void> {
  return pause(parseDuration(duration, "sleep"), signal, options?.unref, options?.startTimer);
}

/** The same for a delay in milliseconds that is known to be good. */
export function pause(
  delayMs: number,
  signal?: AbortSignal,
  unref?: boolean,
  start: StartTimer = startTimer,
): Promise<void> {
  if (delayMs === 0) return signal === undefined ? yieldToEventLoop() : yieldUnlessAborted(signal);
  if (signal === undefined) return new Promise((resolve) => void start(resolve, delayMs, unref));
  return new Promise((resolve, reject) => {
    let cancel: (() => void) | undefined;
    const forget = onAbort(signal, () => {
      cancel?.();
      reject(signal.reason);
    });
    if (signal.aborted) return;
    cancel = start(
      () => {
        forget();
        resolve();
      },
      delayMs,
      unref,
    );
  });
}

async function yieldUnlessAborted(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await yieldToEventLoop();
  signal.throwIfAborted();
}
