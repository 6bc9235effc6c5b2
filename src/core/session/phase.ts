import { cutText } from "../../text/index.ts";
import { HoldfastError, type FailureKind, FAILURES } from "../failure/index.ts";
import { NO_ITEMS, readCounts } from "./item-counts.ts";
import { PhaseStatus, StageType } from "../base/index.ts";
import { type JsonField, parseJsonFile } from "../files/index.ts";
import { currentStageOf, readStage, type Stages } from "./stage.ts";
import type { ItemCounts } from "../storage/index.ts";

/** How many failed items `phase.json` names; the store has them all. */
export const MAX_FAILED_ITEMS = 100;

/** A failed item, in the short form of `phase.json`. */
export interface FailedItem {
  readonly itemId: string;
  readonly step: string;
  readonly kind: FailureKind;
  readonly message: string;
}

/** One phase of a session, as `phase.json` holds it: readable at any moment, and derived from the store. */
export interface Phase {
  readonly name: string;
  readonly status: PhaseStatus;
  /** When it first began; kept when the session is resumed. */
  readonly startedAt: string | null;
  /** When it ended; `null` while it runs or is interrupted. */
  readonly completedAt: string | null;
  readonly counts: ItemCounts;
  /** The first stage that is not done. */
  readonly currentStage: StageType | null;
  readonly stages: Stages;
  /** The first {@link MAX_FAILED_ITEMS} of them. */
  readonly failedItems: readonly FailedItem[];
  readonly failedTotal: number;
}

/** The progress of a phase. */
export interface PhaseProgress {
  readonly counts: ItemCounts;
  readonly stages: Stages;
  /** As many as are at hand; what is more than {@link MAX_FAILED_ITEMS} is left out. */
  readonly failedItems: readonly FailedItem[];
}

/** A phase before its first item. `stages` is what a new `StepTracker` shows. */
export function createPhase(name: string, stages: Stages): Phase {
  return {
    name: validatePhaseName(name),
    status: PhaseStatus.pending,
    startedAt: null,
    completedAt: null,
    counts: NO_ITEMS,
    currentStage: currentStageOf(stages),
    stages,
    failedItems: [],
    failedTotal: 0,
  };
}

/** The phase in status `running`, for the first time or again. */
export function startPhase(phase: Phase, now: Date): Phase {
  return { ...phase, status: PhaseStatus.running, startedAt: phase.startedAt ?? now.toISOString(), completedAt: null };
}

/** The phase with what has happened in it so far. */
export function withProgress(phase: Phase, { counts, stages, failedItems }: PhaseProgress): Phase {
  return {
    ...phase,
    counts,
    stages,
    currentStage: hasEnded(phase.status) ? null : currentStageOf(stages),
    failedItems: failedItems.slice(0, MAX_FAILED_ITEMS),
    failedTotal: counts.failed,
  };
}

/** The phase after a run: ended, or `interrupted`, which leaves it without `completedAt`. */
export function endPhase(phase: Phase, status: PhaseStatus, now: Date): Phase {
  const isOver = hasEnded(status);
  return {
    ...phase,
    status,
    completedAt: isOver ? now.toISOString() : null,
    currentStage: isOver ? null : currentStageOf(phase.stages),
  };
}

/** Whether a phase of that status has come to its end, well or not. */
export function hasEnded(status: PhaseStatus): boolean {
  return ENDED.has(status);
}

const ENDED: ReadonlySet<PhaseStatus> = new Set([PhaseStatus.completed, PhaseStatus.partial, PhaseStatus.failed]);

/** Returns the name, or throws a `HoldfastError` (`pipeline_invalid`). Nothing else may become a part of a path. */
export function validatePhaseName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  const got =
    name.length <= 60 ? JSON.stringify(name) : `${JSON.stringify(cutText(name, 60))} ... (${name.length} characters)`;
  throw new HoldfastError(
    "pipeline_invalid",
    `Expected a phase name of letters, digits, "_" and "-" (at most 64), got ${got}.`,
  );
}

/** The text of `phase.json`. */
export function serializePhase(phase: Phase): string {
  return `${JSON.stringify(phase, undefined, 2)}\n`;
}

/** Reads the text of `phase.json`. Throws a `HoldfastError` (`session_damaged`) that names the file and the field. */
export function parsePhase(text: string, file: string): Phase {
  const root = parseJsonFile(text, file);
  const stages = root.field("stages");
  return {
    name: root.field("name").text(),
    status: root.field("status").oneOf(PhaseStatus),
    startedAt: root.field("startedAt").orNull((field) => field.time()),
    completedAt: root.field("completedAt").orNull((field) => field.time()),
    counts: readCounts(root.field("counts")),
    currentStage: root.field("currentStage").orNull((field) => field.oneOf(StageType)),
    stages: {
      extract: readStage(stages.field("extract")),
      transform: readStage(stages.field("transform")),
      load: readStage(stages.field("load")),
    },
    failedItems: root.field("failedItems").elements().map(readFailedItem),
    failedTotal: root.field("failedTotal").count(),
  };
}

const readFailedItem = (field: JsonField): FailedItem => ({
  itemId: field.field("itemId").text(),
  step: field.field("step").text(),
  kind: field.field("kind").oneOf(FAILURES),
  message: field.field("message").text(),
});
