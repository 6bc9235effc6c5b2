import { sleep } from "../../../retry/index.ts";
import type { SharedState } from "./shared-state.ts";

export interface WatchdogOptions {
  /** Milliseconds without an answer that count as silence. */
  readonly forMs: number;
  /** Ends the asking; then nothing is resolved any more. */
  readonly signal: AbortSignal;
}

const ASK_EVERY_MS = 500;

/**
 * Resolves when the queue's database has not answered for a while: whoever wants to leave then does not wait for it. It is
 * asked for a key that nobody writes, so that a connection that is open and mute is noticed too.
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

/** Does work that ends with the database's help, and gives up when that has been silent for `forMs`. Returns whether it was done. */
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
