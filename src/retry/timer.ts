/** The longest delay a platform timer takes; above it, timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a timer and returns what cancels it. */
export type StartTimer = (callback: () => void, delayMs: number, unref?: boolean) => () => void;

/**
 * Calls `callback` after `delayMs`, in several platform timers when it is longer than one can be.
 * `unref` lets the process exit before that. The platform's functions are looked up at each call, so fake timers hold.
 */
export const startTimer: StartTimer = (callback, delayMs, unref = false) => {
  let leftMs = Math.ceil(delayMs);
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const nowMs = Math.min(leftMs, MAX_TIMER_MS);
    leftMs -= nowMs;
    timer = setTimeout(leftMs > 0 ? arm : callback, nowMs);
    // In a browser a timer is a number and there is nothing to let go of.
    if (unref && typeof timer === "object") timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
};

/** Lets everything else that is ready run first: one turn of the event loop, without a timer. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else postTurn(resolve);
  });
}

/** The browser's way to a new turn without the 4 ms that nested timers cost there. */
function postTurn(resolve: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    port1.close();
    resolve();
  });
  port1.start();
  port2.postMessage(undefined);
}
