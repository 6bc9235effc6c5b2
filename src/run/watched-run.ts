import { messageOf, secretMask } from "../core/failure/index.ts";
import { inListener, RunControl, type RunEvent, type RunListener, type SessionOutcome } from "../core/runner/index.ts";
import type { RunOptions } from "./run-options.ts";

/**
 * A run in progress. Await it for its outcome, or iterate over it for its events; you can do both. Events are for
 * people: iterating slowly never holds the run up, and past 10,000 unread events the oldest are dropped. A loop gets the
 * events from when it began. Leaving it early leaves the run alone: await the run to learn how it ended.
 */
export interface WatchedRun<Outcome = SessionOutcome> extends Promise<Outcome>, AsyncIterable<RunEvent> {}

/** Events that are kept for an iterator that falls behind. */
const MAX_WAITING = 10_000;

/** Starts a run: `begin` is called when all is checked, right before the first write. */
export type StartRun<Options, Outcome> = (options: Options, begin: () => void) => Promise<Outcome>;

/** Starts a run whose events can be iterated over, and that `options.signal` stops. */
export function watchRun<Options extends RunOptions, Outcome>(
  options: Options,
  start: StartRun<Options, Outcome>,
): WatchedRun<Outcome> {
  const listeners = new Set<RunListener>();
  const onEvent = (event: RunEvent): void => {
    for (const listener of listeners) listener(event);
    notify("onEvent", options.onEvent, event);
  };
  // What `until` means is settled here: it is read before the run, and again when its watch begins.
  const limits = options.limits && { askedAt: new Date(), ...options.limits };
  const outcome = startUnderSignal({ ...options, ...(limits && { limits }), onEvent }, start);
  return Object.assign(outcome, {
    [Symbol.asyncIterator]: (): AsyncIterator<RunEvent> => {
      const queue = new EventQueue(() => listeners.delete(queue.put));
      listeners.add(queue.put);
      // A loop over the events reports what the run failed with, so that nobody has to await it beside the loop.
      outcome.then(
        () => queue.end(),
        (error: unknown) => queue.end({ error }),
      );
      return queue;
    },
  });
}

/** Calls a listener of the user. Nothing depends on it: the first error that it throws or rejects with is a warning. */
export function notify<T>(name: string, listener: ((told: T) => unknown) | undefined, told: T): void {
  if (!listener) return;
  try {
    const returned = inListener(name, () => listener(told));
    if (returned !== undefined) Promise.resolve(returned).catch((error: unknown) => warnOf(name, listener, error));
  } catch (error) {
    warnOf(name, listener, error);
  }
}

/** Listeners whose first error was reported. */
const reported = new WeakSet<object>();

function warnOf(name: string, listener: object, error: unknown): void {
  if (reported.has(listener)) return;
  reported.add(listener);
  const message = `The listener \`${name}\` failed: ${secretMask(process.env)(messageOf(error))}. The run goes on; later errors of it are not reported.`;
  process.emitWarning(message, { type: "HoldfastWarning", code: "HOLDFAST_LISTENER" });
}

async function startUnderSignal<Options extends RunOptions, Outcome>(
  options: Options,
  start: StartRun<Options, Outcome>,
): Promise<Outcome> {
  const { signal, control = new RunControl() } = options;
  if (!signal) return start(options, () => {});
  signal.throwIfAborted();
  const stop = (): void =>
    control.stop({ kind: "user", message: `stopped by its signal: ${messageOf(signal.reason)}` });
  signal.addEventListener("abort", stop);
  let hasBegun = false;
  const begin = (): void => {
    signal.throwIfAborted();
    hasBegun = true;
  };
  try {
    return await start({ ...options, control }, begin);
  } catch (error) {
    // Before the run has begun, there is no session to resolve with. What was being checked may have wrapped the abort.
    throw signal.aborted && !hasBegun ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class EventQueue implements AsyncIterator<RunEvent> {
  readonly #waiting: RunEvent[] = [];
  readonly #close: () => void;
  #ended: { readonly error?: unknown } | undefined;
  /** Those who wait for the next event. */
  readonly #waiters: (() => void)[] = [];

  constructor(close: () => void) {
    this.#close = close;
  }

  readonly put = (event: RunEvent): void => {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(event);
    this.#wakeAll();
  };

  end(ended: { readonly error?: unknown } = {}): void {
    this.#ended ??= ended;
    this.#close();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  async next(): Promise<IteratorResult<RunEvent, undefined>> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
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
