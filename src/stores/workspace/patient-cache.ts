/// <reference lib="esnext.disposable" preserve="true" />
import { messageOf, WorkspaceBusyError } from "../../core/failure/index.ts";
import type { AnswerCache } from "../../core/storage/index.ts";
import type { StartTimer } from "../../retry/index.ts";

export interface PatientCacheOptions {
  /** In milliseconds, by a clock that only goes forward. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Told once, when an answer could not be kept. */
  readonly onFault: (message: string) => void;
}

/** A cache whose last answers are written when it is disposed of. */
export interface PatientCache extends AnswerCache, Disposable {}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** For so long answers wait for a database that is locked. */
const PATIENCE_MS = 120_000;
/** So many characters of answers wait at most: they are in the session already, or will be in a moment. */
const MOST_WAITING = 64 * 1024 * 1024;

/** Each write waits for the disk, with the event loop standing still: the rest is written after a moment. */
const WRITTEN_AT_ONCE = 16;
const NEXT_PART_MS = 1;

interface Waiting {
  readonly step: string;
  readonly output: string;
  readonly sinceMs: number;
  /** Told when it is kept, or never will be. */
  readonly settle: () => void;
  readonly stored: Promise<void>;
}

/**
 * A cache that ends no run: an answer that was paid for goes into the session whether it can be cached or not. While another
 * process has the database locked, answers wait here and are tried again; what cannot be written at all is said once.
 */
export function patientCache(cache: AnswerCache, { now, startTimer, onFault }: PatientCacheOptions): PatientCache {
  const waiting = new Map<string, Waiting>();
  let characters = 0;
  let stopTimer: (() => void) | undefined;
  /** Why the first of those that wait does. */
  let lastLock: WorkspaceBusyError | undefined;
  let waitMs = FIRST_WAIT_MS;
  let hasTold = false;

  function tell(fault: unknown): void {
    if (!hasTold) onFault(`${messageOf(fault)} ${AFTER_FAULT}`);
    hasTold = true;
  }

  /** What it is locked by, when it is; otherwise the answer is settled, one way or the other. */
  function tryToKeep(key: string, { step, output }: Pick<Waiting, "output" | "step">): WorkspaceBusyError | undefined {
    try {
      cache.set(key, step, output);
      return undefined;
    } catch (fault) {
      if (fault instanceof WorkspaceBusyError) return fault;
      tell(fault);
      return undefined;
    }
  }

  function drop(key: string, { output, settle }: Waiting): void {
    waiting.delete(key);
    characters -= output.length;
    settle();
  }

  /** Gives up what has waited for long enough, the oldest first. Nobody asks for it once more: it is locked. */
  function dropOld(lock: WorkspaceBusyError, isOld: (answer: Waiting) => boolean): void {
    for (const [key, answer] of waiting) {
      if (!isOld(answer)) return;
      tell(lock);
      drop(key, answer);
    }
  }

  const isTooMuch = (): boolean => characters > MOST_WAITING;
  const isTooOld = ({ sinceMs }: Waiting): boolean => now() - sinceMs >= PATIENCE_MS;

  /** Writes what waits; some of it, when there is more than `most`. */
  function keepWaiting(most: number): WorkspaceBusyError | undefined {
    let left = most;
    for (const [key, answer] of waiting) {
      if (left-- === 0) return undefined;
      const lock = tryToKeep(key, answer);
      if (lock) return lock;
      drop(key, answer);
    }
    return undefined;
  }

  function tryWaiting(): void {
    stopTimer = undefined;
    const lock = keepWaiting(WRITTEN_AT_ONCE);
    if (lock) dropOld(lock, isTooOld);
    else waitMs = FIRST_WAIT_MS;
    if (waiting.size > 0) tryLater(lock ? waitMs : NEXT_PART_MS);
  }

  function tryLater(afterMs: number): void {
    if (stopTimer) return;
    stopTimer = startTimer(tryWaiting, afterMs, true);
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }

  return {
    get: (key) => waiting.get(key)?.output ?? cache.get(key),
    stored: (key) => waiting.get(key)?.stored,
    set(key, step, output) {
      const before = waiting.get(key);
      if (before) drop(key, before);
      const answer = { step, output, sinceMs: now() };
      // While others wait, one more look for each answer would be one more wait for SQLite.
      if (waiting.size === 0) lastLock = tryToKeep(key, answer);
      if (!lastLock) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(key, { ...answer, settle: resolve, stored: promise });
      characters += output.length;
      dropOld(lastLock, isTooMuch);
      tryLater(waitMs);
    },
    [Symbol.dispose]() {
      stopTimer?.();
      const lock = keepWaiting(Infinity);
      if (lock) dropOld(lock, () => true);
    },
  };
}

const AFTER_FAULT =
  "The run goes on without it: the answers are in this session, and other sessions may pay for them again.";
