import type { InFlight, RunControl } from "../core/runner/index.ts";
import { leftRequests, removeInFlight, writeInFlight, type SessionRequest } from "../core/session/index.ts";

export interface WatchedSession {
  /** The session's folder. */
  readonly folder: string;
  readonly control: RunControl;
  readonly inFlight: InFlight;
  /** For a user who asked for it. */
  readonly say: (message: string) => void;
}

/** How often requests of other processes are looked for. */
const LOOK_EVERY_MS = 250;
/** What has been at work for so long is written down, so often. Steps that end within a moment are never written. */
const LONG_MS = 2_000;
/** How many of them are named. */
const MOST_NAMED = 200;

/**
 * Lets other processes see what a running session has in flight, and ask it to stop or to cancel items. It also keeps the
 * process alive while a step waits for nothing that the event loop knows of: a program would end as if all were well.
 */
export async function watchSession({ folder, control, inFlight, say }: WatchedSession): Promise<AsyncDisposable> {
  let written = "";
  let wroteAtMs = -Infinity;
  let looking: Promise<void> = Promise.resolve();
  const applied = new Set<string>();

  function apply(request: SessionRequest | undefined): void {
    if (request?.kind === "cancel") for (const item of request.items) inFlight.cancel(item);
    if (request?.kind !== "stop") return;
    const cause = { kind: "user", message: "stopped by `holdfast cancel`" } as const;
    say(
      request.now
        ? "Stopping at once: `holdfast cancel --now`."
        : "Stopping: finishing what is in flight (`holdfast cancel`).",
    );
    if (request.now) control.haltNow(cause);
    else control.stop(cause);
  }

  async function takeRequests(isAllowed: (request: SessionRequest) => boolean = () => true): Promise<void> {
    for (const { name, request, taken } of await leftRequests(folder)) {
      if (!applied.has(name) && request && isAllowed(request)) apply(request);
      // One that cannot be removed, as another user's, is carried out once.
      applied.add(name);
      await taken().then(
        () => applied.delete(name),
        () => {},
      );
    }
  }

  async function tellInFlight(): Promise<void> {
    if (performance.now() - wroteAtMs < LONG_MS) return;
    wroteAtMs = performance.now();
    const all = inFlight.list({ forMs: LONG_MS });
    const steps = all.slice(0, MOST_NAMED);
    const text = all.length === 0 ? "" : JSON.stringify([all.length, steps]);
    if (text === written) return;
    written = text;
    if (text === "") await removeInFlight(folder);
    else await writeInFlight(folder, { at: new Date().toISOString(), count: all.length, steps });
  }

  // What an earlier run has left is not worth this one.
  await removeInFlight(folder).catch(() => {});
  // Who asked to stop meant a run that has ended since; who cancelled an item meant the item.
  await takeRequests(({ kind }) => kind === "cancel").catch(() => {});
  const timer = setInterval(() => {
    looking = looking
      .then(() => takeRequests())
      .then(() => tellInFlight())
      // Neither is worth a run: who asks sees that nobody took the request.
      .catch(() => {});
  }, LOOK_EVERY_MS);
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      clearInterval(timer);
      await looking;
      await removeInFlight(folder).catch(() => {});
    },
  };
}
