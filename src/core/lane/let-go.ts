import { sleep } from "../../retry/index.ts";
import type { Clock } from "../base/index.ts";

/** How long aborted work gets to notice it and to clean up, before it is let go. */
export const LET_GO_MS = 250;

/**
 * Settles as the work does, but not long past an abort: work that does not end in a moment is let go. It then rejects
 * with `signal.reason`, also when the work gave a value after the abort: what comes too late is ignored.
 */
export async function letGoOnAbort<T>(
  work: () => Promise<T> | T,
  signal: AbortSignal,
  { startTimer }: Pick<Clock, "startTimer">,
): Promise<T> {
  signal.throwIfAborted();
  // Async, so that an error that is thrown at once is a rejection too.
  const running = (async () => work())();
  const aborted = Promise.withResolvers<"aborted">();
  const onAbort = (): void => aborted.resolve("aborted");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const first = await Promise.race([running.then((value) => ({ value })), aborted.promise]);
    if (first !== "aborted") return first.value;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  await settledSoon(running, startTimer);
  throw signal.reason;
}

async function settledSoon(running: Promise<unknown>, startTimer: Clock["startTimer"]): Promise<void> {
  const enough = new AbortController();
  await Promise.race([Promise.allSettled([running]), sleep(LET_GO_MS, enough.signal, { startTimer }).catch(() => {})]);
  enough.abort();
}
