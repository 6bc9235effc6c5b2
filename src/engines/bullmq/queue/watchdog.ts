import { sleep } from "../../../retry/index.ts";
import type { SharedState } from "./shared-state.ts";

export interface WatchdogOptions {
  /** Milliseconds without an answer after which the database counts as unresponsive. */
  readonly forMs: number;
  /** Ends the watchdog; then it never resolves. */
  readonly signal: AbortSignal;
}

const ASK_EVERY_MS = 500;

/**
 * A watchdog that resolves when the queue's database has not answered for a while, so that shutting down does not wait
 * for it. It polls a key that nobody writes, so that an open but dead connection is noticed too.
 */
export async function untilUnresponsive(
  state: Pick<SharedState, "get">,
  { forMs, signal }: WatchdogOptions,
): Promise<"silent"> {
  let answeredMs = performance.now();
  const ask = (): Promise<void> =>
    state.get("is anybody there?").then(
      () => void (answeredMs = performance.now()),
      () => {},
    );
  try {
    while (performance.now() - answeredMs < forMs) {
      await Promise.race([ask(), sleep(forMs, signal)]);
      await sleep(ASK_EVERY_MS, signal);
    }
  } catch {
    return new Promise(() => {});
  }
  return "silent";
}

/** Runs work that needs the database, and gives up when that has not answered for `forMs`. Returns whether it was done. */
export async function unlessUnresponsive(
  work: Promise<unknown>,
  state: Pick<SharedState, "get">,
  { forMs }: Pick<WatchdogOptions, "forMs">,
): Promise<boolean> {
  const asking = new AbortController();
  try {
    const end = await Promise.race([work, untilUnresponsive(state, { forMs, signal: asking.signal })]);
    return end !== "silent";
  } finally {
    asking.abort();
  }
}
