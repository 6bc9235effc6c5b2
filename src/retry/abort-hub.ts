/**
 * Calls `callback` when `signal` aborts, or at once if it has already aborted. Each signal carries at most one listener
 * of ours, however many callbacks wait for it: with a listener each, every removal would be a linear search.
 */
export function onAbort(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) return callback();
  (hubs.get(signal) ?? openHub(signal)).callbacks.add(callback);
}

/** Removes a callback. */
export function offAbort(signal: AbortSignal, callback: () => void): void {
  const hub = hubs.get(signal);
  if (hub?.callbacks.delete(callback) && hub.callbacks.size === 0) closeHub(signal, hub);
}

interface Hub {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const hubs: WeakMap<AbortSignal, Hub> = /* @__PURE__ */ new WeakMap();

function openHub(signal: AbortSignal): Hub {
  const callbacks = new Set<() => void>();
  const hub = {
    callbacks,
    listener: () => {
      closeHub(signal, hub);
      for (const callback of callbacks) callback();
    },
  };
  hubs.set(signal, hub);
  signal.addEventListener("abort", hub.listener);
  return hub;
}

function closeHub(signal: AbortSignal, hub: Hub): void {
  hubs.delete(signal);
  signal.removeEventListener("abort", hub.listener);
}
