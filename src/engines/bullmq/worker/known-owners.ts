import { GONE_AFTER_MS } from "../queue/presence.ts";
import type { OrphanReason } from "../queue/orphaned-session.ts";

/** What a worker knows of the owner of a session that gave it a job. Times are of a clock that only goes forward. */
export interface KnownOwner {
  /** When it was seen last. Before it was seen: when its first job came. */
  readonly seenMs: number;
  /** When its last job came. */
  readonly metMs: number;
  /** Why nothing is begun for it; `undefined` while it counts as present. */
  readonly orphaned?: OrphanReason | undefined;
}

/** The owners of the sessions that gave a worker jobs, by the identity of the session. */
export interface KnownOwners {
  /** When the shared state was asked last, with an answer. */
  readonly lookedMs: number | undefined;
  readonly owners: ReadonlyMap<string, KnownOwner>;
}

export const NO_OWNERS: KnownOwners = { lookedMs: undefined, owners: new Map() };

/** What the shared state answered. */
export interface Look {
  readonly nowMs: number;
  /** Sessions whose owner is present. */
  readonly present: ReadonlySet<string>;
  /** Sessions of which it is written down that they have none. */
  readonly marked: ReadonlyMap<string, OrphanReason>;
  /** For how long an owner may be gone. */
  readonly timeoutMs: number;
}

/**
 * Without an answer for so long, the queue's database was away, or this process: nobody was seen meanwhile, and nobody is
 * gone for that.
 */
const MOST_BETWEEN_LOOKS_MS = GONE_AFTER_MS;
/** What such a time counts for all the same: with steps that block this process, no two answers are closer together. */
const COUNTED_OF_GAP_MS = 2_000;
/** A session without a job for so long is forgotten. */
const REMEMBERED_MS = 3_600_000;

/** Notes that a session gave this worker a job. */
export function met({ lookedMs, owners }: KnownOwners, identity: string, nowMs: number): KnownOwners {
  const before = owners.get(identity) ?? { seenMs: nowMs };
  return { lookedMs, owners: new Map([...owners, [identity, { ...before, metMs: nowMs }]]) };
}

/** Judges all owners by an answer of the shared state. */
export function looked({ lookedMs, owners }: KnownOwners, look: Look): KnownOwners {
  const { nowMs } = look;
  const sinceMs = lookedMs === undefined ? Infinity : nowMs - lookedMs;
  const awayMs = sinceMs > MOST_BETWEEN_LOOKS_MS ? sinceMs - COUNTED_OF_GAP_MS : 0;
  const judged = [...owners].flatMap(([identity, owner]): readonly [string, KnownOwner][] =>
    nowMs - owner.metMs > REMEMBERED_MS ? [] : [[identity, judge(identity, owner, { ...look, awayMs })]],
  );
  return { lookedMs: nowMs, owners: new Map(judged) };
}

function judge(
  identity: string,
  { seenMs, metMs, orphaned }: KnownOwner,
  { nowMs, present, marked, timeoutMs, awayMs }: Look & { readonly awayMs: number },
): KnownOwner {
  if (present.has(identity)) return { seenMs: nowMs, metMs };
  // One that is gone stays so until it is seen.
  if (orphaned !== undefined) return { seenMs, metMs, orphaned };
  const mark = marked.get(identity);
  if (mark !== undefined) return { seenMs, metMs, orphaned: mark };
  const countedFromMs = Math.min(nowMs, seenMs + awayMs);
  const isGone = nowMs - countedFromMs >= timeoutMs;
  return { seenMs: countedFromMs, metMs, ...(isGone && { orphaned: "gone" as const }) };
}

const LEAST_WAIT_MS = 5_000;
const MOST_WAIT_MS = 300_000;

/**
 * How long a job of an orphaned session waits until a worker looks at it again: as long as its owner has been gone, so that
 * jobs which nobody comes back for cost next to nothing. An owner that comes back promotes its jobs at once.
 */
export const waitOf = ({ seenMs }: KnownOwner, nowMs: number): number =>
  // Whole milliseconds: Postgres takes no others.
  Math.ceil(Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, nowMs - seenMs)));
