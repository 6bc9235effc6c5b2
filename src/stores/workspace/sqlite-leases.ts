/// <reference lib="esnext.disposable" preserve="true" />
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { messageOf, WorkspaceBusyError } from "../../core/failure/index.ts";
import { openSqlite } from "../../core/files/sqlite/index.ts";
import type { AnswerLeases, LeaseSeen, LeaseTaken } from "../../core/storage/index.ts";
import type { StartTimer } from "../../retry/index.ts";
import { explainFaults } from "./faults.ts";

/** For how long a lease holds without being renewed: as long as others wait for a process that was killed. */
export const LEASE_MS = 10_000;
/** A process that does not run for three of these in a row loses its leases. */
export const RENEW_MS = 2_500;
/** How long SQLite waits for another process that writes; the event loop stands still meanwhile. */
const BUSY_TIMEOUT_MS = 20;
/** While the database is locked, who asks for a lease asks again, for so long. */
const PATIENCE_MS = 60_000;
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** After a fault, calls are made without a lease for this long; what is held is renewed the next time. */
const STAND_DOWN_MS = RENEW_MS;
/** Rows of calls that were answered are removed together, so that a call costs one statement and not two. */
const MOST_ENDED = 256;

export interface LeasesOptions {
  /**
   * Who holds them: the identity of a session, which runs in one process at a time. So a resume has the leases of the process
   * that was killed before it, and waits for none of them.
   */
  readonly owner: string;
  /** In milliseconds, by a clock that all processes of the machine share. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Told once, when leases cannot be had. */
  readonly onFault: (message: string) => void;
}

/** Leases that a run holds. They are given up at the end. */
export interface HeldLeases extends AnswerLeases, Disposable {}

/**
 * Leases in the workspace's database, over a connection of their own that waits for no disk: a lease that a power cut takes
 * away is one whose holder is gone too. The connection is opened by the first call that needs one.
 */
export function sqliteLeases(file: string, { owner, now, startTimer, onFault }: LeasesOptions): HeldLeases {
  const guard = explainFaults(file);
  /** Until when each of them holds. */
  const held = new Map<string, number>();
  /** Keys that are held no longer, whose rows are not removed yet. */
  const ended = new Set<string>();
  /** Keys that were asked for in this turn of the event loop: items that go on together are one statement. */
  const asked = new Map<string, PromiseWithResolvers<LeaseTaken>>();
  /** Those that wait for a database that is locked. */
  const waiting = new Map<string, PromiseWithResolvers<LeaseTaken>>();
  const stopWaits = new Set<() => void>();
  let opened: Opened | undefined;
  let stopTimer: (() => void) | undefined;
  /** Stops the wait for a database that was locked when rows were to be removed. */
  let stopRemoval: (() => void) | undefined;
  let removalWaitMs = FIRST_WAIT_MS;
  let standDownUntil = -Infinity;
  let hasTold = false;

  /** Runs database work, unless leases could not be had a moment ago. */
  function attempt<T>(work: (statements: Statements) => T, otherwise: T, { isPatient = true } = {}): T {
    if (now() < standDownUntil) return otherwise;
    try {
      return guard(() => {
        opened ??= open(file);
        return work(opened.statements);
      });
    } catch (fault) {
      // What could not be done now is done at the next turn, or ends by itself.
      if (isPatient && fault instanceof WorkspaceBusyError) return otherwise;
      standDownUntil = now() + STAND_DOWN_MS;
      if (!hasTold) onFault(`${messageOf(fault)} ${AFTER_FAULT}`);
      hasTold = true;
      return otherwise;
    }
  }

  async function take(key: string): Promise<LeaseTaken> {
    if (held.has(key)) return "here";
    const before = asked.get(key) ?? waiting.get(key);
    if (before) return (await before.promise) === "held" ? "here" : before.promise;
    if (asked.size === 0) queueMicrotask(takeAsked);
    const turn = Promise.withResolvers<LeaseTaken>();
    asked.set(key, turn);
    return turn.promise;
  }

  function takeAsked(): void {
    const turns = [...asked];
    asked.clear();
    takeAll(turns, { sinceMs: now(), waitMs: FIRST_WAIT_MS });
  }

  function takeAll(
    turns: readonly (readonly [string, PromiseWithResolvers<LeaseTaken>])[],
    { sinceMs, waitMs }: Trying,
  ): void {
    const at = now();
    const keys = JSON.stringify(turns.map(([key]) => key));
    const won = attempt(
      ({ take }) => {
        const rows = take.all({ keys, owner, expiresAt: at + LEASE_MS, ...timesAt(at) });
        return new Set(rows.map(({ key }) => key));
      },
      undefined,
      { isPatient: at - sinceMs < PATIENCE_MS },
    );
    // It is locked: nothing else leaves leases on.
    if (won === undefined && now() >= standDownUntil) {
      for (const [key, turn] of turns) waiting.set(key, turn);
      const stopWait = startTimer(() => {
        stopWaits.delete(stopWait);
        takeAll(turns, { sinceMs, waitMs: Math.min(waitMs * 2, LONGEST_WAIT_MS) });
      }, waitMs);
      stopWaits.add(stopWait);
      return;
    }
    for (const [key, turn] of turns) {
      waiting.delete(key);
      if (won?.has(key) === true) {
        held.set(key, at + LEASE_MS);
        // Its row is of now, not of a call that was answered before.
        ended.delete(key);
        turn.resolve("held");
      } else turn.resolve(won ? "elsewhere" : "none");
    }
    if (held.size > 0) keepRenewing();
  }

  function removeNow(): void {
    if (ended.size === 0) return;
    const keys = JSON.stringify([...ended]);
    const isRemoved = attempt(({ remove }) => Boolean(remove.run({ keys, owner })), false);
    // What a fault left there ends by itself.
    if (isRemoved || now() < standDownUntil) ended.clear();
    if (isRemoved) removalWaitMs = FIRST_WAIT_MS;
  }

  /** While another process has the database locked, one look for all of them now and then: each holds the event loop up. */
  function removeEnded(): void {
    if (stopRemoval) return;
    removeNow();
    if (ended.size > 0) removeLater();
  }

  function removeLater(): void {
    stopRemoval = startTimer(
      () => {
        stopRemoval = undefined;
        removeEnded();
      },
      removalWaitMs,
      true,
    );
    removalWaitMs = Math.min(removalWaitMs * 2, LONGEST_WAIT_MS);
  }

  function renew(): void {
    stopTimer = undefined;
    removeEnded();
    if (held.size > 0) extendHeld();
    attempt(({ sweep }) => void sweep.run(timesAt(now())), undefined);
    if (held.size > 0) keepRenewing();
  }

  /** One that ran out meanwhile, and that another process has or has answered, is not extended. */
  function extendHeld(): void {
    const at = now();
    const keys = JSON.stringify([...held.keys()]);
    const extended = attempt(
      ({ extend }) => extend.all({ keys, owner, expiresAt: at + LEASE_MS }).map(({ key }) => String(key)),
      [],
    );
    for (const key of extended) held.set(key, at + LEASE_MS);
  }

  function keepRenewing(): void {
    stopTimer ??= startTimer(renew, RENEW_MS, true);
  }

  return {
    take,
    confirm(key): Promise<LeaseTaken> | undefined {
      const until = held.get(key);
      if (until === undefined || now() < until) return undefined;
      held.delete(key);
      return take(key);
    },
    look: (key): LeaseSeen =>
      attempt<LeaseSeen>(
        ({ look }) => {
          const row = look.get({ key, ...timesAt(now()) });
          const { output = null, isHeld = 0 } = row ?? {};
          return { answer: output === null ? undefined : String(output), isHeld: isHeld === 1 };
        },
        { answer: undefined, isHeld: false },
      ),
    answered(key) {
      if (!held.delete(key)) return;
      ended.add(key);
      if (ended.size >= MOST_ENDED) removeEnded();
    },
    giveUp(key) {
      if (!held.delete(key)) return;
      ended.add(key);
      removeEnded();
    },
    [Symbol.dispose]() {
      stopTimer?.();
      for (const stop of stopWaits) stop();
      for (const { resolve } of waiting.values()) resolve("none");
      for (const key of held.keys()) ended.add(key);
      held.clear();
      stopRemoval?.();
      removeNow();
      if (opened?.db.isOpen) opened.db.close();
    },
  };
}

interface Trying {
  readonly sinceMs: number;
  readonly waitMs: number;
}

interface Opened {
  readonly db: DatabaseSync;
  readonly statements: Statements;
}

type Statements = Readonly<Record<"take" | "look" | "extend" | "remove" | "sweep", StatementSync>>;

function open(file: string): Opened {
  const db = openSqlite(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    // Safe in a write-ahead log: what is lost in a power cut is the end of it, and never its order.
    db.exec("PRAGMA synchronous = NORMAL");
    return { db, statements: prepareStatements(db) };
  } catch (fault) {
    db.close();
    throw fault;
  }
}

/**
 * When a lease is over. One that ends too far from now was written before the machine was started again; the second half of
 * that time is for a process that looks at the clock, and then has to wait for its turn to write.
 */
const timesAt = (now: number) => ({ now, farthest: now + 2 * LEASE_MS });

const IS_OVER = "(expires_at <= :now OR expires_at > :farthest)";

function prepareStatements(db: DatabaseSync): Statements {
  return {
    // Looks for the answer and for a holder, and writes, in one statement: no other process comes between.
    take: db.prepare(`
      INSERT INTO leases (key, owner, expires_at)
      SELECT value, :owner, :expiresAt FROM json_each(:keys) AS asked
      WHERE NOT EXISTS (SELECT 1 FROM cache WHERE cache.key = asked.value)
      ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
      WHERE ${IS_OVER} OR owner = excluded.owner
      RETURNING key`),
    look: db.prepare(`
      SELECT
        (SELECT output FROM cache WHERE key = :key) AS output,
        EXISTS (SELECT 1 FROM leases WHERE key = :key AND NOT ${IS_OVER}) AS isHeld`),
    // Also brings back a lease that ran out, unless another process took it since: then it has the lease, or an answer.
    extend: db.prepare(`
      INSERT INTO leases (key, owner, expires_at)
      SELECT value, :owner, :expiresAt FROM json_each(:keys) AS asked
      WHERE NOT EXISTS (SELECT 1 FROM cache WHERE cache.key = asked.value)
      ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at WHERE owner = excluded.owner
      RETURNING key`),
    remove: db.prepare("DELETE FROM leases WHERE owner = :owner AND key IN (SELECT value FROM json_each(:keys))"),
    sweep: db.prepare(`DELETE FROM leases WHERE ${IS_OVER}`),
  };
}

const AFTER_FAULT =
  "The run goes on, and does not wait for equal calls of other sessions meanwhile: some may be paid for twice.";
