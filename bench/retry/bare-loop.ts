import type { Retry } from "./task.ts";

const ATTEMPTS = 3;
const HOUR_MS = 3_600_000;

/** What a careful person writes without a library: the floor of every ratio. It yields to nobody. */
export const bareLoop: Retry = (task) => async () => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
};

/** The same, but it lets the event loop turn before each further attempt, so that it starves nobody. */
export const yieldingBareLoop: Retry = (task) => async () => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
};

/** The same with a sleep. */
export const sleepingBareLoop: Retry = (task) => async () => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, HOUR_MS));
  }
};

/** The same with a sleep that a signal ends; one listener serves all the sleepers. */
export function abortableBareLoop(signal: AbortSignal): Retry {
  const sleepers = new Set<() => void>();
  signal.addEventListener("abort", () => {
    for (const end of sleepers) end();
  });
  const sleep = () =>
    new Promise<void>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        sleepers.delete(end);
        resolve();
      }, HOUR_MS);
      sleepers.add(end);
    });
  return (task) => async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await task();
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
      await sleep();
    }
  };
}
