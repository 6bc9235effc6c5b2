import { messageOf } from "./error-message.ts";
import type { JsonValue } from "./models.ts";
import type { RunControl } from "./run-control.ts";
import type { RunnableStep } from "./runnable-step.ts";
import type { FailedEnd, StepRun, StepRunner } from "./run-step.ts";
import { ItemStatus } from "./status.ts";
import type { FailureRecord, PendingItem, SessionStore, StepRecord } from "./store.ts";

/** A step of a phase with what runs it. */
export interface PlannedStep {
  readonly step: RunnableStep;
  readonly run: StepRunner;
}

/** What driving an item needs. */
export interface ItemWorld {
  readonly steps: readonly PlannedStep[];
  readonly store: SessionStore;
  readonly control: RunControl;
  /** Keeps the evidence of a failure and says where. */
  readonly keepFailure: (step: RunnableStep, end: FailedEnd, item: PendingItem) => Promise<FailureRecord>;
  readonly onStepStart: (step: RunnableStep) => void;
  /** Told after a step's record is durable, or with `undefined` when the item was released and nothing was recorded. */
  readonly onStepEnd: (
    step: RunnableStep,
    item: PendingItem,
    run: StepRun,
    recorded: StepRecord | undefined,
  ) => Promise<void>;
}

/** Takes an item from its next step to its end. Every result is durable before the next step starts. */
export async function runItem(item: PendingItem, world: ItemWorld): Promise<void> {
  let current = item;
  for (const [index, { step, run }] of world.steps.entries()) {
    if (index < item.nextStep) continue;
    if (world.control.stopping) return;

    world.onStepStart(step);
    const stepRun = await run(current.content, current);
    const record = await toRecord(stepRun, { step, index, item: current, world });
    if (record) await world.store.recordStep(record);
    await world.onStepEnd(step, current, stepRun, record);

    if (record?.item.status !== ItemStatus.pending || record.output === undefined) return;
    current = { ...current, content: record.output, reviewReason: record.item.reviewReason };
  }
}

interface StepPlace {
  readonly step: RunnableStep;
  readonly index: number;
  readonly item: PendingItem;
  readonly world: ItemWorld;
}

/** What is committed for a step's end; `undefined` when the item was released. */
async function toRecord(run: StepRun, { step, index, item, world }: StepPlace): Promise<StepRecord | undefined> {
  const { end, durationMs, attempts } = run;
  const base = {
    phase: item.phase,
    itemId: item.itemId,
    stepIndex: index,
    step: step.name,
    stage: step.stage,
    durationMs,
    attempts,
  };
  switch (end.kind) {
    case "released":
      return undefined;
    case "skipped":
    case "filtered":
      return { ...base, succeeded: true, output: undefined, item: { status: end.kind, reason: end.reason } };
    case "failed": {
      const failure = await world.keepFailure(step, end, item);
      return {
        ...base,
        succeeded: false,
        output: undefined,
        item: { status: ItemStatus.failed, reason: messageOf(end.error), failure },
      };
    }
    case "done": {
      const { reviewReason } = end;
      if (index < world.steps.length - 1) {
        return { ...base, succeeded: true, output: end.output, item: { status: ItemStatus.pending, reviewReason } };
      }
      const status = reviewReason === undefined ? ItemStatus.completed : ItemStatus.review;
      return {
        ...base,
        succeeded: true,
        output: undefined,
        item: { status, reviewReason, outputPath: outputPathOf(end.output) },
      };
    }
  }
}

function outputPathOf(output: JsonValue): string | undefined {
  const path = typeof output === "object" && output !== null && "outputPath" in output ? output.outputPath : undefined;
  return typeof path === "string" ? path : undefined;
}
