import { join } from "node:path";
import { SessionStatus, type ItemStatus } from "../../core/base/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { NO_USAGE, sumUsage, type Usage } from "../../core/model/index.ts";
import type { LoadChange } from "../../core/pipeline/index.ts";
import {
  countItems,
  countUnread,
  isExtracted,
  itemsElsewhere,
  readInFlight,
  readRuns,
  SessionManager,
  sumPhases,
  type InFlightReport,
  type ListedSession,
  type PhaseSummary,
  type RunRecord,
  type Session,
} from "../../core/session/index.ts";
import type { EndedItem, LoadCount, SessionReports, StepTotals } from "../../core/storage/index.ts";
import { isSessionLocked, openItemReports, openSessionReports } from "../../stores/sqlite/reports/index.ts";
import { identityOf } from "../establish-identity.ts";
import { hasStore } from "../session-file.ts";
import { groupFailures, type FailureGroup } from "./failure-groups.ts";
import { reasonsWithoutPlace } from "./without-place.ts";

/** How often each reason was given for a status. */
export interface ReasonCount {
  readonly phase: string;
  readonly status: ItemStatus;
  readonly reason: string;
  readonly count: number;
}

/** The current state of a session, also while another process runs it. */
export interface SessionReport {
  readonly session: Session;
  /** The session's folder, as an absolute path. */
  readonly folder: string;
  /** What has been in flight for more than 2 seconds, as it was a moment ago; `undefined` when there is nothing. */
  readonly inFlight: InFlightReport | undefined;
  /** The address of the queue while workers have its items, without user and password; otherwise `undefined`. */
  readonly workersAt: string | undefined;
  /** The address of a queue where only results of workers are left, which a resume takes; otherwise `undefined`. */
  readonly resultsAt: string | undefined;
  /** Elements of the sources that no run has read yet, as far as is known. */
  readonly unread: number;
  /** Whether the source of every phase has been read to its end, as its pipeline was when it ran last. */
  readonly allRead: boolean;
  /** Items that are parts of others, made by a fan-out. */
  readonly parts: number;
  /** What each step of each phase did, in their order. */
  readonly steps: readonly (StepTotals & { readonly phase: string })[];
  /** What the calls of all steps cost together. */
  readonly usage: Usage;
  /** Its runs, the first one first. */
  readonly runs: readonly RunRecord[];
  /** The changes that loads made, counted by the status of their items. */
  readonly loads: readonly (LoadCount & { readonly phase: string })[];
  /** The first 1,000 items that were written beside an edited note, or in its place. */
  readonly edited: readonly EndedItem[];
  /** Why items were skipped, filtered or sent to review. */
  readonly reasons: readonly ReasonCount[];
  /** The first 1,000 failed items. */
  readonly failed: readonly EndedItem[];
  /** All failed items by cause, the most frequent first. */
  readonly failures: readonly FailureGroup[];
}

/**
 * Reads a session's state from its store; `session.json` may be a moment behind.
 *
 * @example
 * ```ts
 * import { reportSession, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const { session } = await runPipeline(importPipeline({ export: "examples/claude-export", out: "notes" }));
 * const report = await reportSession(".holdfast", session.id);
 * console.log(report.session.counts.completed, report.usage.cost);
 * console.log(report.reasons.map(({ count, status, reason }) => `${count} ${status}: ${reason}`));
 * // prints: 15 0
 * // prints: [ '1 filtered: fewer than 3 messages', '1 filtered: no messages' ]
 * ```
 */
export async function reportSession(workspace: string, id: string): Promise<SessionReport> {
  const sessions = new SessionManager(workspace);
  const folder = sessions.folderOf(id);
  const session = await sessions.load(id);
  const file = join(folder, "state.db");
  if (!hasStore(file, session)) {
    return {
      session: asItStands(session, folder),
      folder,
      inFlight: undefined,
      workersAt: undefined,
      resultsAt: undefined,
      unread: 0,
      allRead: false,
      parts: 0,
      steps: [],
      usage: NO_USAGE,
      runs: [],
      loads: [],
      edited: [],
      reasons: [],
      failed: [],
      failures: [],
    };
  }

  await using store = openSessionReports(file);
  await using items = openItemReports(file);
  const summed = sumPhases(truePhases(session, store));
  const { phases, counts } = summed;
  const steps = phases.flatMap(({ name }) => store.stepTotals(name).map((totals) => ({ ...totals, phase: name })));
  const stands = asItStands({ ...session, ...summed }, folder);
  const found = itemsElsewhere(store);
  // A copy has nothing there: it is its original's.
  const elsewhere = found && (await identityOf(store, folder)) !== undefined ? found : undefined;
  const loads = phases.flatMap(({ name }) => store.loads(name).map((load) => ({ ...load, phase: name })));
  return {
    session: stands,
    folder,
    inFlight: stands.status === SessionStatus.running ? await readInFlight(folder) : undefined,
    workersAt: elsewhere?.isReclaimed === false ? elsewhere.address : undefined,
    resultsAt: elsewhere?.isReclaimed === true ? elsewhere.address : undefined,
    unread: phases.reduce((sum, { name }) => sum + countUnread(store, name), 0),
    allRead: phases.every(({ name }) => isExtracted(store, name)),
    parts: phases.reduce((sum, phase) => sum + countItems(phase.counts) - store.countRead(phase.name), 0),
    steps,
    usage: sumUsage(steps.map(({ usage }) => usage)),
    runs: readRuns(store),
    loads,
    edited: loads.some(({ change }) => AT_EDITED.includes(change))
      ? store.endedItems({ statuses: ["completed", "review"], changes: AT_EDITED })
      : [],
    reasons: phases.flatMap(({ name }) =>
      EXPLAINED.flatMap((status) => store.reasons(name, status).map((reason) => ({ phase: name, status, ...reason }))),
    ),
    failed: store.endedItems({ statuses: ["failed"] }),
    failures: counts.failed === 0 ? [] : groupFailures(items.failedItems(), await reasonsWithoutPlace(items, session)),
  };
}

/**
 * Lists all sessions of a workspace, the newest first; one that was killed shows as interrupted.
 *
 * @example
 * ```ts
 * import { listSessions, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * await runPipeline(importPipeline({ export: "examples/chatgpt-export", out: "notes" }));
 * for (const { id, session, problem } of await listSessions(".holdfast")) {
 *   console.log(id, problem?.message ?? session?.status);
 * }
 * // prints: ..._... completed
 * ```
 */
export async function listSessions(workspace: string): Promise<readonly ListedSession[]> {
  const sessions = new SessionManager(workspace);
  const listed = await sessions.list();
  const current: ListedSession[] = [];
  for (const entry of listed) {
    if (!entry.session) current.push(entry);
    else current.push(await listedAsItStands(entry.id, entry.session, sessions.folderOf(entry.id)));
  }
  return current;
}

async function listedAsItStands(id: string, session: Session, folder: string): Promise<ListedSession> {
  try {
    return { id, session: await withTrueCounts(session, folder) };
  } catch (error) {
    if (error instanceof HoldfastError && error.code === "session_damaged") return { id, problem: error };
    throw error;
  }
}

/** For a session that ended, `session.json` is complete; for any other the store knows more. */
async function withTrueCounts(session: Session, folder: string): Promise<Session> {
  const asItIs = asItStands(session, folder);
  const file = join(folder, "state.db");
  const isOpen = asItIs.status === SessionStatus.running || asItIs.status === SessionStatus.interrupted;
  if (!isOpen || !hasStore(file, session)) return asItIs;
  await using store = openSessionReports(file);
  return { ...asItIs, ...sumPhases(truePhases(asItIs, store)) };
}

const truePhases = ({ phases }: Session, store: SessionReports): readonly PhaseSummary[] =>
  phases.map((phase) => {
    const parts = store.partCounts(phase.name);
    return { ...phase, counts: store.counts(phase.name), ...(countItems(parts) > 0 && { parts }) };
  });

const AT_EDITED: readonly LoadChange[] = ["beside", "replaced"];

const EXPLAINED: readonly ItemStatus[] = ["skipped", "filtered", "review"];

/** A session in status `running` without a process was killed. */
function asItStands(session: Session, folder: string): Session {
  const saysItRuns = session.status === SessionStatus.running || session.status === SessionStatus.pending;
  if (!saysItRuns || isSessionLocked(folder)) return session;
  const reason = "the process that ran it is gone";
  const phases = session.phases.map((phase) =>
    phase.status === SessionStatus.running ? { ...phase, status: SessionStatus.interrupted } : phase,
  );
  return { ...session, phases, status: SessionStatus.interrupted, reason };
}
