import { HoldfastError, type LimitHint } from "../failure/index.ts";
import { NO_ITEMS, readCounts, statusOfCounts, sumCounts } from "./item-counts.ts";
import { type JsonValue, PhaseStatus, SessionStatus } from "../base/index.ts";
import { type JsonField, parseJsonFile } from "../files/index.ts";
import { hasEnded } from "./phase.ts";
import { readLimitHint } from "./limit-hint.ts";
import { isSessionId } from "./session-id.ts";
import type { ItemCounts } from "../storage/index.ts";

/** The layout of a session's folder that this version writes and reads. */
const SESSION_LAYOUT = 1;

/** Which pipeline a session runs, so that resuming needs only the session's id. */
export interface PipelineRef {
  readonly name: string;
  /** The file that holds the pipeline, as an absolute path; `null` for a ready-made one. */
  readonly path: string | null;
  /** `hashPipeline` of it, to notice that it was changed. */
  readonly hash: string;
  /** The same of changed ones that its user has let it go on with by `force`, the last one last. */
  readonly forced?: readonly string[];
}

/** So many changed pipelines are remembered. */
const MOST_FORCED = 16;

/** A phase as seen from its session. */
export interface PhaseSummary {
  readonly name: string;
  readonly status: PhaseStatus;
  readonly counts: ItemCounts;
  /** Those of `counts` that are parts of longer items. In `session.json` once a run of the phase has ended. */
  readonly parts?: ItemCounts;
}

/** One run of a pipeline, as `session.json` holds it: readable at any moment, and derived from the store. */
export interface Session {
  /** The version of the files' form. */
  readonly layout: number;
  readonly id: string;
  readonly pipeline: PipelineRef;
  readonly status: SessionStatus;
  /** ISO 8601 in UTC, as are all times in a session's files. */
  readonly createdAt: string;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
  /** Whether it writes a log per stage and a dump per step. */
  readonly debug: boolean;
  /** The options of the command line, for resuming. */
  readonly options: JsonValue;
  /** In the order in which they run. */
  readonly phases: readonly PhaseSummary[];
  /** The sum over the phases. */
  readonly counts: ItemCounts;
  /** Those of `counts` that are parts of longer items. */
  readonly parts?: ItemCounts;
  /** Why it was interrupted; absent while it was not. */
  readonly reason?: string;
  /** How to go on, when a limit interrupted it. */
  readonly hint?: LimitHint;
}

/** Why a session was interrupted, and how to go on when that is known. */
export interface Interruption {
  readonly reason: string;
  readonly hint?: LimitHint | undefined;
}

/** The options of a new session. */
export interface CreateSessionOptions {
  readonly id: string;
  readonly pipeline: PipelineRef;
  /** Names of the phases, in the order in which they run. */
  readonly phases: readonly string[];
  /** Options to create the pipeline again when the session is resumed. @default {} */
  readonly options?: JsonValue;
  /** @default false */
  readonly debug?: boolean;
  /** When it begins. */
  readonly now: Date;
}

/** A session before its first phase. */
export function createSession({
  id,
  pipeline,
  phases,
  options = {},
  debug = false,
  now,
}: CreateSessionOptions): Session {
  const createdAt = now.toISOString();
  return {
    layout: SESSION_LAYOUT,
    id,
    pipeline,
    status: SessionStatus.pending,
    createdAt,
    updatedAt: createdAt,
    debug,
    options,
    phases: phases.map((name) => ({ name, status: PhaseStatus.pending, counts: NO_ITEMS })),
    counts: NO_ITEMS,
  };
}

/** The session with the phase of that name replaced, or added at the end, and the sum of the counts updated. */
export function withPhase(session: Session, phase: PhaseSummary, now: Date): Session {
  const isKnown = session.phases.some(({ name }) => name === phase.name);
  const phases = isKnown
    ? session.phases.map((other) => (other.name === phase.name ? phase : other))
    : [...session.phases, phase];
  const { parts: _former, ...rest } = session;
  return { ...rest, ...sumPhases(phases), updatedAt: now.toISOString() };
}

/** Phases, and what they have together. */
export function sumPhases(phases: readonly PhaseSummary[]): Pick<Session, "phases" | "counts" | "parts"> {
  const parts = phases.flatMap((phase) => phase.parts ?? []);
  const counts = sumCounts(phases.map((phase) => phase.counts));
  return { phases, counts, ...(parts.length > 0 && { parts: sumCounts(parts) }) };
}

/** The session with another status. A reason and its hint are kept only when they are given again. */
export function withStatus(
  session: Session,
  status: SessionStatus,
  { now, reason, hint }: { readonly now: Date } & Partial<Interruption>,
): Session {
  const { reason: _reason, hint: _hint, ...rest } = session;
  const why = { ...(reason !== undefined && { reason }), ...(hint !== undefined && { hint }) };
  return { ...rest, status, updatedAt: now.toISOString(), ...why };
}

/** Whether it may go on with the pipeline of that hash: the one that it began with, or one that was forced before. */
export const knowsPipeline = ({ pipeline: { hash, forced = [] } }: Session, other: string): boolean =>
  hash === other || forced.includes(other);

/** The session that goes on with the pipeline of that hash, now and from now on. */
export function withPipeline(session: Session, hash: string): Session {
  const { pipeline } = session;
  if (hash === pipeline.hash) return session;
  const others = (pipeline.forced ?? []).filter((forced) => forced !== hash);
  return { ...session, pipeline: { ...pipeline, forced: [...others, hash].slice(-MOST_FORCED) } };
}

/**
 * The status of a session after it ran: `interrupted` when a phase has not ended, otherwise judged by all its items.
 * What is pending in a phase that has ended waits for a child that failed, and counts as failed.
 */
export function sessionStatusOf(phases: readonly PhaseSummary[]): SessionStatus {
  if (!phases.every(({ status }) => hasEnded(status))) return SessionStatus.interrupted;
  const { pending, failed, ...counts } = sumCounts(phases.map(({ counts }) => counts));
  return statusOfCounts({ ...counts, pending: 0, failed: failed + pending });
}

/** The text of `session.json`. */
export function serializeSession(session: Session): string {
  return `${JSON.stringify(session, undefined, 2)}\n`;
}

/**
 * Reads the text of `session.json`; `file` is for the error message. Throws a `HoldfastError`: `session_damaged` with
 * the file and the field, `session_layout` when a newer Holdfast wrote it.
 */
export function parseSession(text: string, file: string): Session {
  const root = parseJsonFile(text, file);
  assertLayout(root.field("layout").count(), file);
  const id = root.field("id").text();
  if (!isSessionId(id)) root.field("id").refuse("a session id");
  const reason = root.field("reason");
  const hint = readLimitHint(root.field("hint"), id);
  const parts = root.field("parts");
  return {
    layout: SESSION_LAYOUT,
    id,
    pipeline: readPipeline(root.field("pipeline")),
    status: root.field("status").oneOf(SessionStatus),
    createdAt: root.field("createdAt").time(),
    updatedAt: root.field("updatedAt").time(),
    debug: root.field("debug").flag(),
    options: root.field("options").any(),
    phases: root.field("phases").elements().map(readPhaseSummary),
    counts: readCounts(root.field("counts")),
    ...(parts.exists && { parts: readCounts(parts) }),
    ...(reason.exists && { reason: reason.text() }),
    ...(hint && { hint }),
  };
}

function assertLayout(layout: number, file: string): void {
  if (layout === SESSION_LAYOUT) return;
  throw new HoldfastError(
    "session_layout",
    `${JSON.stringify(file)} has layout ${layout}, but this version of Holdfast reads only layout ${SESSION_LAYOUT}. Nothing was changed.`,
    { hint: "Use the version of Holdfast that made the session, or a newer one." },
  );
}

function readPipeline(field: JsonField): PipelineRef {
  const forced = field.field("forced");
  return {
    name: field.field("name").text(),
    path: field.field("path").orNull((path) => path.text()),
    hash: field.field("hash").text(),
    ...(forced.exists && { forced: forced.elements().map((hash) => hash.text()) }),
  };
}

function readPhaseSummary(field: JsonField): PhaseSummary {
  const parts = field.field("parts");
  return {
    name: field.field("name").text(),
    status: field.field("status").oneOf(PhaseStatus),
    counts: readCounts(field.field("counts")),
    ...(parts.exists && { parts: readCounts(parts) }),
  };
}
