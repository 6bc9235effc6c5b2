import { messageOf, StepError } from "../core/failure/index.ts";
import { RunControl, type RunEvent, type SessionOutcome } from "../core/runner/index.ts";
import type { RunOptions } from "./run-options.ts";

/**
 * A run in progress. Await it for its outcome, or iterate over it for its events; you can do both. Events are for
 * people: iterating slowly never holds the run up, and past {@link MAX_WAITING} unread events the oldest are dropped.
 * Leaving the loop early leaves the run alone.
 */
export interface WatchedRun<Outcome = SessionOutcome> extends Promise<Outcome>, AsyncIterable<RunEvent> {}

/** Events that are kept for an iterator that falls behind. */
const MAX_WAITING = 10_000;

/** Starts a run whose events can be iterated over, and that `options.signal` stops. */
export function watchRun<Options extends RunOptions, Outcome>(
  options: Options,
  start: (options: Options) => Promise<Outcome>,
): WatchedRun<Outcome> {
  const listeners = new Set<(event: RunEvent) => void>();
  const outcome = startUnderSignal(
    {
      ...options,
      onEvent: (event: RunEvent) => {
        for (const listener of listeners) listener(event);
        options.onEvent?.(event);
      },
    },
    start,
  );
  return Object.assign(outcome, {
    [Symbol.asyncIterator]: (): AsyncIterator<RunEvent> => {
      const queue = new EventQueue(() => listeners.delete(queue.put));
      listeners.add(queue.put);
      // A loop over the events reports what the run failed with, so that it need not be awaited beside the loop.
      outcome.then(
        () => queue.end(),
        (error: unknown) => queue.end({ error }),
      );
      return queue;
    },
  });
}

async function startUnderSignal<Options extends RunOptions, Outcome>(
  options: Options,
  start: (options: Options) => Promise<Outcome>,
): Promise<Outcome> {
  const { signal, control = new RunControl() } = options;
  if (!signal) return start(options);
  const stop = (): void =>
    control.stop({ kind: "user", message: `stopped by its signal: ${messageOf(signal.reason)}` });
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await start({ ...options, control });
  } catch (error) {
    // Before there is a session, there is none to resolve with.
    throw signal.aborted && error instanceof StepError && error.kind === "cancelled" ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class EventQueue implements AsyncIterator<RunEvent> {
  readonly #waiting: RunEvent[] = [];
  readonly #close: () => void;
  #ended: { readonly error?: unknown } | undefined;
  /** Wakes the iterator that waits for the next event. */
  #wake: (() => void) | undefined;

  constructor(close: () => void) {
    this.#close = close;
  }

  readonly put = (event: RunEvent): void => {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(event);
    this.#wake?.();
  };

  end(ended: { readonly error?: unknown } = {}): void {
    this.#ended ??= ended;
    this.#close();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<RunEvent, undefined>> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const event = this.#waiting.shift();
    if (event) return { done: false, value: event };
    const ended = this.#ended;
    // Only the first `next` after the end fails: an iterator that is done stays done.
    this.#ended = {};
    if (ended && "error" in ended) throw ended.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<RunEvent, undefined>> {
    this.#waiting.length = 0;
    this.end();
    return { done: true, value: undefined };
  }
}
