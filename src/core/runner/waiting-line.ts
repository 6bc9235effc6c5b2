import type { Clock } from "../base/index.ts";
import { startTimer as platformTimer } from "../../retry/time/index.ts";
import { WorkspaceBusyError } from "../failure/index.ts";

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** Who finds the workspace free lets so many others try. */
const LET_IN = 2;

export const isBusy = (error: unknown): error is WorkspaceBusyError => error instanceof WorkspaceBusyError;

/**
 * Those who wait for a workspace that another process has locked. One of them looks at a time, since each look holds the event
 * loop up for as long as SQLite waits: a hundred that look by themselves would leave no time for anything else.
 */
export interface WaitingLine {
  /** What those who wait found; `undefined` when nobody does. */
  readonly lock: WorkspaceBusyError | undefined;
  /** Resolves with `undefined` when it is one's turn to look, and with the lock at the time `until`. Rejects when the run drains. */
  wait(lock: WorkspaceBusyError, until: number): Promise<WorkspaceBusyError | undefined>;
  /** Somebody has found it free. */
  isFree(): void;
}

interface Waiting {
  readonly until: number;
  readonly resolve: (lock: WorkspaceBusyError | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a run waits for its workspace. All who get the same one wait in the same lines. */
export interface WorkspaceWaits {
  readonly clock: Clock;
  /** Ends all waits. */
  readonly drain: AbortSignal;
  /** Of those who read, from when the first one waits: reading waits for other locks than writing does. */
  reading?: WaitingLine;
  /** Of the others. */
  work?: WaitingLine;
}

/** The line of those who wait for the same. */
export const lineOf = (waits: WorkspaceWaits, kind: "reading" | "work"): WaitingLine =>
  (waits[kind] ??= newLine(waits));

function newLine({ clock, drain }: WorkspaceWaits): WaitingLine {
  const { startTimer = platformTimer } = clock;
  const waiting = new Set<Waiting>();
  let lock: WorkspaceBusyError | undefined;
  let waitMs = FIRST_WAIT_MS;
  let lookedAt = -Infinity;
  let stopTimer: (() => void) | undefined;

  function leave(one: Waiting, found: WorkspaceBusyError | undefined): void {
    waiting.delete(one);
    one.resolve(found);
  }

  function letIn(count: number): void {
    let left = count;
    for (const one of waiting) if (left-- > 0) leave(one, undefined);
  }

  function look(): void {
    stopTimer = undefined;
    const now = clock.now();
    lookedAt = now;
    for (const one of waiting) if (one.until <= now) leave(one, lock);
    letIn(1);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    lookLater();
  }

  function lookLater(): void {
    if (waiting.size > 0) stopTimer ??= startTimer(look, waitMs);
  }

  function onDrain(): void {
    stopTimer?.();
    stopTimer = undefined;
    for (const { reject } of waiting) reject(drain.reason);
    waiting.clear();
  }
  drain.addEventListener("abort", onDrain, { once: true });

  return {
    get lock() {
      return waiting.size > 0 ? lock : undefined;
    },
    wait(found, until) {
      lock = found;
      if (drain.aborted) return Promise.reject(drain.reason);
      return new Promise((resolve, reject) => {
        if (clock.now() - lookedAt > 2 * LONGEST_WAIT_MS) waitMs = FIRST_WAIT_MS;
        waiting.add({ until, resolve, reject });
        lookLater();
      });
    },
    isFree() {
      waitMs = FIRST_WAIT_MS;
      letIn(LET_IN);
    },
  };
}
