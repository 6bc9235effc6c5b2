import { StageStatus, StageType, StepStatus } from "../base/index.ts";
import { type JsonField } from "../files/index.ts";
import { readUsage, type Usage } from "../model/index.ts";

/** The three stages in the order in which an item goes through them. */
export const STAGE_ORDER: readonly StageType[] = Object.freeze([
  StageType.extract,
  StageType.transform,
  StageType.load,
]);

/** What a step has done so far, over all items of a phase. */
export interface StepSummary {
  readonly name: string;
  readonly status: StepStatus;
  /** When its first item entered; absent until then. */
  readonly startedAt?: string;
  /** When its last item left; absent while it runs. */
  readonly completedAt?: string;
  /** Milliseconds of all its items together, retries and their waits included; more than went by when items overlap. */
  readonly durationMs: number;
  /** Calls made, over all items. */
  readonly attempts: number;
  readonly itemsProcessed: number;
  readonly itemsFailed: number;
  /** What its calls of a model cost; absent when it made none. */
  readonly usage?: Usage;
  /** Why it failed last, or why it was skipped. */
  readonly error?: string;
}

/** One stage of a phase, as `phase.json` holds it. */
export interface Stage {
  readonly status: StageStatus;
  readonly steps: readonly StepSummary[];
}

/** All stages of a phase. */
export type Stages = Readonly<Record<StageType, Stage>>;

/** A stage with the status that its steps give it. */
export function createStage(steps: readonly StepSummary[]): Stage {
  return { status: stageStatus(steps), steps };
}

/**
 * The status of a stage, by its steps: `running` once one of them has begun, `failed` when none runs any more and one
 * failed, `completed` when all are done. A stage without steps has nothing to do, and is completed.
 */
export function stageStatus(steps: readonly Pick<StepSummary, "status">[]): StageStatus {
  const has = (status: StepStatus): boolean => steps.some((step) => step.status === status);
  if (has(StepStatus.running)) return StageStatus.running;
  if (has(StepStatus.failed)) return StageStatus.failed;
  if (!has(StepStatus.pending)) return StageStatus.completed;
  return has(StepStatus.completed) ? StageStatus.running : StageStatus.pending;
}

/** The first stage that is not done; `null` when all are. */
export function currentStageOf(stages: Stages): StageType | null {
  const isOpen = (stage: StageType): boolean => OPEN.has(stages[stage].status);
  return STAGE_ORDER.find(isOpen) ?? null;
}

const OPEN: ReadonlySet<StageStatus> = new Set([StageStatus.pending, StageStatus.running]);

/** Maps over the stages. */
export function mapStages<T>(make: (stage: StageType) => T): Readonly<Record<StageType, T>> {
  return { extract: make(StageType.extract), transform: make(StageType.transform), load: make(StageType.load) };
}

/** Reads a stage back from a file. */
export function readStage(field: JsonField): Stage {
  return {
    status: field.field("status").oneOf(StageStatus),
    steps: field.field("steps").elements().map(readStep),
  };
}

function readStep(field: JsonField): StepSummary {
  const startedAt = field.field("startedAt");
  const completedAt = field.field("completedAt");
  const usage = field.field("usage");
  const error = field.field("error");
  return {
    name: field.field("name").text(),
    status: field.field("status").oneOf(StepStatus),
    ...(startedAt.exists && { startedAt: startedAt.time() }),
    ...(completedAt.exists && { completedAt: completedAt.time() }),
    durationMs: field.field("durationMs").amount(),
    attempts: field.field("attempts").count(),
    itemsProcessed: field.field("itemsProcessed").count(),
    itemsFailed: field.field("itemsFailed").count(),
    ...(usage.exists && { usage: readUsage(usage) }),
    ...(error.exists && { error: error.text() }),
  };
}
