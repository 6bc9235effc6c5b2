import { hostname } from "node:os";
import { join } from "node:path";
import { ItemStatus } from "../core/base/index.ts";
import { HoldfastError, secretMask } from "../core/failure/index.ts";
import { cancelPending } from "../core/runner/index.ts";
import { PhaseManager, putRequest, SessionManager, type SessionRequest } from "../core/session/index.ts";
import type { ItemPlace, ItemReports } from "../core/storage/index.ts";
import { sleep } from "../retry/index.ts";
import { isSessionLocked, lockSession, openSessionStore, sessionHolder } from "../stores/sqlite/index.ts";
import { findItems, openItems } from "./reports/index.ts";

/** How long the process that runs a session has to take a request, and then to carry it out. */
export interface CancelWaits {
  /** Milliseconds. @default 10,000 */
  readonly waitMs?: number;
}

export interface CancelSessionOptions extends CancelWaits {
  /** Aborts the calls in flight too, as a second Ctrl-C does. @default false */
  readonly now?: boolean;
}

/** How a session that was cancelled stands. */
export interface CancelledSession {
  /** Whether its run has ended; otherwise it still finishes what is in flight. */
  readonly hasEnded: boolean;
}

const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Stops a session that another process runs on this machine, as Ctrl-C does there: nothing new starts, and what is in
 * flight is finished. Resolves when its run has ended, or after some seconds when it takes longer. Throws a
 * `HoldfastError` (`usage`) when nobody runs it.
 */
export async function cancelSession(
  workspace: string,
  id: string,
  { now = false, waitMs = WAIT_MS }: CancelSessionOptions = {},
): Promise<CancelledSession> {
  const folder = await folderOf(workspace, id);
  if (!isSessionLocked(folder)) {
    throw new HoldfastError("usage", `No process runs session ${id}: there is nothing to stop.`, {
      hint: { kind: "list_sessions", otherWorkspace: false },
    });
  }
  await ask(id, folder, { kind: "stop", now }, waitMs);
  return { hasEnded: await isSoon(() => !isSessionLocked(folder), waitMs) };
}

/** What became of the items that were named. */
export interface CancelledItems {
  /** Those that have ended as failed. */
  readonly cancelled: readonly ItemPlace[];
  /** Those that will, as soon as the run comes to them: no call is made for them. */
  readonly asked: readonly ItemPlace[];
  /** Those that had ended before, and stay as they are. */
  readonly ended: readonly (ItemPlace & { readonly status: ItemStatus })[];
}

/**
 * Ends named items of a session, and their parts, as failed with the reason that their user cancelled them; a call that is
 * under way is aborted. They are tried again only when a retry names them, or their kind of failure. Items are named by
 * their ids, or parts that only one id has. Throws a `HoldfastError` (`usage`) for an unknown item, and when all that were
 * named have ended.
 */
export async function cancelItems(
  workspace: string,
  id: string,
  texts: readonly string[],
  { waitMs = WAIT_MS }: CancelWaits = {},
): Promise<CancelledItems> {
  const folder = await folderOf(workspace, id);
  const { open, ended } = await named(workspace, id, texts);
  if (open.length === 0) throw allEnded(id, ended);
  // What the run ends by itself meanwhile is not pending any more.
  const here = (): Promise<readonly ItemPlace[]> => cancelHere(folder, open);
  if (!isSessionLocked(folder)) return { cancelled: await here(), asked: [], ended };
  try {
    await ask(id, folder, { kind: "cancel", items: open }, waitMs);
  } catch (error) {
    // The run has ended in between.
    if (isSessionLocked(folder)) throw error;
    return { cancelled: await here(), asked: [], ended };
  }
  const still = async (): Promise<readonly ItemPlace[]> => {
    await using items = await openItems(workspace, id);
    return asked.filter((place) => isOpen(items, place));
  };
  let asked = open;
  asked = await still();
  await isSoon(
    async () => {
      asked = await still();
      return asked.length === 0 || !isSessionLocked(folder);
    },
    Math.min(waitMs, SETTLE_MS),
  );
  const left = new Set(asked);
  return { cancelled: open.filter((place) => !left.has(place)), asked, ended };
}

/** A call that is aborted ends within a moment; items that are not at work wait for their turn. */
const SETTLE_MS = 2_000;

async function folderOf(workspace: string, id: string): Promise<string> {
  const sessions = new SessionManager(workspace);
  await sessions.load(id);
  return sessions.folderOf(id);
}

async function named(
  workspace: string,
  id: string,
  texts: readonly string[],
): Promise<{ readonly open: readonly ItemPlace[]; readonly ended: CancelledItems["ended"] }> {
  await using items = await openItems(workspace, id);
  const places = texts.flatMap((text) => findItems(items, id, text));
  const open = places.flatMap((place) => items.openParts(place));
  const ended = places.flatMap((place) => {
    const item = items.item(place);
    const isDone = item !== undefined && item.status !== ItemStatus.pending && item.status !== ItemStatus.processing;
    return isDone && items.openParts(place).length === 0 ? [{ ...place, status: item.status }] : [];
  });
  const unique = new Map(open.map((place) => [`${place.phase}\n${place.itemId}`, place]));
  return { open: [...unique.values()], ended };
}

const isOpen = (items: ItemReports, place: ItemPlace): boolean => items.item(place)?.status === ItemStatus.pending;

function allEnded(id: string, ended: CancelledItems["ended"]): HoldfastError {
  const which = ended.map(({ itemId, status }) => `${JSON.stringify(itemId)} (${status})`).join(", ");
  const why = which === "" ? "they wait for parts that failed" : `they have ended: ${which}`;
  const [first] = ended;
  return new HoldfastError("usage", `Nothing of what you named can be cancelled; ${why}.`, {
    hint: first ? { kind: "show_item", sessionId: id, itemId: first.itemId } : { kind: "show_failed", sessionId: id },
  });
}

/** Cancels items of a session that nobody runs. */
async function cancelHere(folder: string, items: readonly ItemPlace[]): Promise<readonly ItemPlace[]> {
  using _lock = lockSession(folder, { isRun: false });
  await using store = openSessionStore(join(folder, "state.db"));
  const phases = new PhaseManager(folder);
  const steps = new Map<string, readonly string[]>();
  for (const phase of new Set(items.map((item) => item.phase))) {
    const saved = await phases.load(phase).catch(() => undefined);
    const stages = saved ? [saved.stages.transform, saved.stages.load] : [];
    steps.set(
      phase,
      stages.flatMap((stage) => stage.steps.map(({ name }) => name)),
    );
  }
  const mask = secretMask(process.env);
  return await cancelPending(items, { store, phases, mask, stepsOf: (phase) => steps.get(phase) ?? [] });
}

/** Leaves a request for the process that runs the session, and waits until it has taken it. */
async function ask(id: string, folder: string, request: SessionRequest, waitMs: number): Promise<void> {
  const holder = sessionHolder(folder);
  if (holder && holder.host !== hostname()) {
    throw new HoldfastError(
      "usage",
      `Session ${id} is run by process ${holder.pid} on ${holder.host}, and this is ${hostname()}. Nothing was changed.`,
      { hint: "Run the same command there." },
    );
  }
  const put = await putRequest(folder, request);
  if (await isSoon(() => put.isTaken() || !isSessionLocked(folder), waitMs)) {
    const isTaken = put.isTaken();
    await put.withdraw();
    if (isTaken || request.kind === "stop") return;
    throw new HoldfastError("usage", `The run of session ${id} has just ended.`);
  }
  await put.withdraw();
  const who = holder ? `Process ${holder.pid}, which runs session ${id},` : `The process that runs session ${id}`;
  throw new HoldfastError(
    "session_locked",
    `${who} did not answer within ${Math.round(waitMs / 1000)} s: its code may keep it busy. Nothing was changed.`,
    { hint: "Try again, or end the process: what is done stays done, and the session can be resumed." },
  );
}

async function isSoon(isSo: () => boolean | Promise<boolean>, waitMs: number): Promise<boolean> {
  const end = performance.now() + waitMs;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() >= end) return false;
    await sleep(LOOK_EVERY_MS);
  }
}
