import { writeSync } from "node:fs";
import { secretMask } from "../core/failure/index.ts";
import {
  guardProcess,
  watchRunningCode,
  type RunControl,
  type RunListener,
  type RunningCode,
  type UnexpectedExit,
} from "../core/runner/index.ts";
import type { Session } from "../core/session/index.ts";
import type { SessionStore } from "../core/storage/index.ts";
import type { RunOptions } from "./run-options.ts";

export interface GuardRunOptions {
  readonly session: Session;
  readonly store: SessionStore;
  readonly control: RunControl;
  readonly options: RunOptions;
  readonly onEvent: RunListener;
}

/** How long calls in flight get after an error that nobody caught: it may be what they wait for. */
const DRAIN_MS = 60_000;

/** Watches the process for the time of a run: its end, errors that nobody caught, and a blocked event loop. */
export function guardRun(guarded: GuardRunOptions): { readonly running: RunningCode } & Disposable {
  const { session, store, control, options, onEvent } = guarded;
  const mask = secretMask(process.env);
  const watched = watchRunningCode((message) => onEvent({ kind: "notice", message }));
  const onExit = options.onUnexpectedExit ?? ((exit: UnexpectedExit) => writeToStderr(exit, guarded));
  let halting: NodeJS.Timeout | undefined;
  const guard = guardProcess({
    what: `session ${session.id}`,
    running: watched.running,
    save: () => store.flush(),
    onExit: ({ message, exitCode }) => onExit({ message: mask(message), exitCode }),
    onUncaught: options.catchUncaught
      ? ({ message, error }) => {
          const cause = { kind: "uncaught", message: mask(message), error } as const;
          control.stop(cause);
          halting ??= setTimeout(() => control.haltNow(cause), DRAIN_MS).unref();
        }
      : undefined,
  });
  return {
    running: watched.running,
    [Symbol.dispose](): void {
      clearTimeout(halting);
      guard[Symbol.dispose]();
      watched[Symbol.dispose]();
    },
  };
}

/** Written past the streams: nothing asynchronous is done any more. */
function writeToStderr({ message }: UnexpectedExit, { session, options }: GuardRunOptions): void {
  const { workspace } = options;
  const where = workspace === undefined ? "" : `, { workspace: ${JSON.stringify(workspace)} }`;
  const safe = `What was done is saved, and what was under way is done again. Go on with: resumeSession("${session.id}", pipeline${where})`;
  writeSync(2, `${message}\n${safe}\n`);
}
