/** The longest delay a platform timer takes; above it, timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `callback` after `delayMs`, and returns what cancels it. `unref` lets the process exit before that. */
export type StartTimer = (callback: () => void, delayMs: number, unref?: boolean) => () => void;

/** The platform's timers, looked up on each call, so fake timers work. A delay that is too long for them is split. */
export const startTimer: StartTimer = (callback, delayMs, unref) => {
  if (delayMs > MAX_TIMER_MS) return startLongTimer(callback, delayMs, unref);
  // Node cuts fractions off, and a wait must not be shorter than asked.
  const timer = setTimeout(callback, Math.ceil(delayMs));
  // In a browser a timer is a number, and there is nothing to let go of.
  if (unref && typeof timer === "object") timer.unref();
  return () => clearTimeout(timer);
};

function startLongTimer(callback: () => void, delayMs: number, unref: boolean | undefined): () => void {
  let cancel = startTimer(
    () => {
      cancel = startTimer(callback, delayMs - MAX_TIMER_MS, unref);
    },
    MAX_TIMER_MS,
    unref,
  );
  return () => cancel();
}

/** Yields to everything that is ready to run: one turn of the event loop, without a timer. */
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
