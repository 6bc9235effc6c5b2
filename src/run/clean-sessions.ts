import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SessionStatus } from "../core/base/index.ts";
import { HoldfastError, writeFailed } from "../core/failure/index.ts";
import { fsyncFolder } from "../core/files/index.ts";
import { NO_ITEMS, SessionManager, type Session } from "../core/session/index.ts";
import type { ItemCounts } from "../core/storage/index.ts";
import type { Discarder } from "../core/runner/index.ts";
import { lockSession } from "../stores/sqlite/index.ts";
import { discardItems, type CleanedQueue, type DiscardedItems, type DiscardOptions } from "./discard-items.ts";
import { listSessions } from "./reports/index.ts";

/** Which sessions {@link cleanSessions} removes. */
export interface CleanOptions {
  /** Only sessions that were last changed before this moment. */
  readonly before: Date;
  /** Only reports what would be removed, in the folder and at the queues. @default false */
  readonly dryRun?: boolean;
  /** Keeps sessions with failed items. @default false */
  readonly keepFailed?: boolean;
  /** Also removes sessions that were stopped or killed: their remaining work is given up. @default false */
  readonly includeInterrupted?: boolean;
  /**
   * Removes what workers have of a session, such as `createBullmqEngine({ address })`. @default a session that can be
   * resumed and whose items are with workers is kept
   */
  readonly discardFrom?: Discarder;
  /** Removes sessions also when workers are at their items, or their queue does not answer. @default false */
  readonly force?: boolean;
}

/** What happened to one old session. */
export interface CleanedSession {
  readonly id: string;
  /** `unreadable` for one that is damaged or newer than this version, whose age is not known. */
  readonly status: SessionStatus | "unreadable";
  readonly counts: ItemCounts;
  /** Those of `counts` that are parts of longer items; absent when there are none. */
  readonly parts?: ItemCounts;
  /** `undefined` for one that cannot be read. */
  readonly updatedAt: string | undefined;
  /** Size of its files. */
  readonly bytes: number;
  /** What was at its workers' queue, or is; absent for a session that had none, and for one that is kept. */
  readonly queue?: CleanedQueue;
  /** Why it was kept; `undefined` when it was removed, or would be. */
  readonly kept: string | undefined;
  /** Whether `force` would remove one that was kept. */
  readonly isForcible?: boolean;
  /** Whether it was kept for want of `includeInterrupted`, with or without `force`. */
  readonly isResumable?: boolean;
}

/**
 * Removes the folders of old sessions, the oldest first, and reports what happened to each. A running session is always
 * kept, and so is one that cannot be read, which is reported with its problem. The ledger and the cache stay as they
 * are. What workers have of a session is removed with it. Throws a `HoldfastError` (`write_failed`) when a folder cannot be removed.
 *
 * @example
 * ```ts
 * import { cleanSessions, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * await runPipeline(importPipeline({ export: "examples/chatgpt-export", out: "notes" }));
 * const aMonthAgo = new Date(Date.now() - 30 * 24 * 3_600_000);
 * console.log(await cleanSessions(".holdfast", { before: aMonthAgo }));
 * const [cleaned] = await cleanSessions(".holdfast", { before: new Date(Date.now() + 1), dryRun: true });
 * console.log(cleaned?.status, cleaned?.kept);
 * // prints: []
 * // prints: completed undefined
 * ```
 */
export async function cleanSessions(
  workspace: string,
  { before, dryRun = false, force = false, discardFrom, ...keeping }: CleanOptions,
): Promise<readonly CleanedSession[]> {
  const sessions = new SessionManager(workspace);
  const listed = await listSessions(workspace);
  if (!dryRun) await removeRemains(sessionsFolder(workspace));
  const discarding = { discardFrom, force, dryRun, unreachable: new Map<string, string>() };
  const cleaned: CleanedSession[] = [];
  for (const { id, session, problem } of listed.toReversed()) {
    const bytes = await sizeOf(sessions.folderOf(id));
    if (problem)
      cleaned.push({ id, status: "unreadable", counts: NO_ITEMS, updatedAt: undefined, bytes, kept: problem.message });
    if (!session || Date.parse(session.updatedAt) >= before.getTime()) continue;
    const { status, counts, parts, updatedAt } = session;
    const why = whyKept(session, keeping);
    const removed = why ?? (await (dryRun ? preview : remove)(session, { workspace, ...discarding }));
    cleaned.push({ id, status, counts, ...(parts && { parts }), updatedAt, bytes, ...removed });
  }
  return cleaned;
}

const RUNNING = "it is being run";

type Keeping = Pick<CleanOptions, "keepFailed" | "includeInterrupted">;

type Kept = Pick<CleanedSession, "isResumable" | "kept">;

function whyKept(session: Session, { keepFailed = false, includeInterrupted = false }: Keeping): Kept | undefined {
  switch (session.status) {
    case SessionStatus.running:
    case SessionStatus.pending:
      return { kept: RUNNING };
    case SessionStatus.interrupted:
      if (!includeInterrupted) return { kept: "it can be resumed", isResumable: true };
      break;
    case SessionStatus.completed:
    case SessionStatus.partial:
    case SessionStatus.failed:
      break;
  }
  return keepFailed && session.counts.failed > 0 ? { kept: "it has failed items" } : undefined;
}

/** Folders with this prefix are no longer sessions. */
const REMAINS = ".removed-";

const sessionsFolder = (workspace: string): string => join(resolve(workspace), "sessions");

interface RemoveOptions extends Omit<DiscardOptions, "folder"> {
  readonly workspace: string;
}

/** What `remove` would do, as far as is known now. */
function preview(session: Session, { workspace, ...discarding }: RemoveOptions): Promise<DiscardedItems> {
  return discardItems(session, { ...discarding, folder: new SessionManager(workspace).folderOf(session.id) });
}

/**
 * Removes a session's folder, or returns why not. It is renamed first, under the session's lock: an interrupted removal
 * leaves no half session behind, and nobody can start to run it meanwhile.
 */
async function remove(session: Session, { workspace, ...discarding }: RemoveOptions): Promise<DiscardedItems> {
  const { id, updatedAt } = session;
  const sessions = new SessionManager(workspace);
  const folder = sessions.folderOf(id);
  const remains = join(sessionsFolder(workspace), `${REMAINS}${id}`);
  try {
    // A session that is kept was not run: whether its last run was killed is still known afterwards.
    using _lock = lockSession(folder, { isRun: false });
    if ((await sessions.load(id)).updatedAt !== updatedAt) return { kept: "it was changed just now" };
    const discarded = await discardItems(session, { ...discarding, folder });
    if (discarded.kept !== undefined) return discarded;
    await rename(folder, remains);
    await fsyncFolder(sessionsFolder(workspace));
    await rm(remains, { recursive: true, force: true });
    return discarded;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw writeFailed(folder, error);
    if (error.code === "session_locked") return { kept: RUNNING };
    throw error;
  }
}

/** Removes what interrupted removals left behind. */
async function removeRemains(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (name.startsWith(REMAINS)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found?.size ?? 0;
  let bytes = 0;
  for (const name of await namesIn(path)) bytes += await sizeOf(join(path, name));
  return bytes;
}

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
