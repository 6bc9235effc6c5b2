import { StepError } from "./failure.ts";
import type { FanOutPlan } from "./fan-out.ts";
import type { JsonValue } from "./models.ts";
import type { RunControl } from "./run-control.ts";
import type { RunnableStep } from "./runnable-step.ts";
import type { FailedEnd, StepRun, StepRunner } from "./run-step.ts";
import { ItemStatus } from "./status.ts";
import type { Child } from "./step-output.ts";
import type { FailureRecord, PendingItem, SessionStore, StepRecord } from "./store.ts";

/** A step of a phase with what runs it. */
export interface PlannedStep {
  readonly step: RunnableStep;
  readonly run: StepRunner;
  /** Whether the step was done for the item already, elsewhere, and only waits to be recorded. @default never */
  readonly isDoneFor?: (itemId: string) => boolean;
}

/** What driving an item needs. */
export interface ItemWorld {
  readonly steps: readonly PlannedStep[];
  readonly fanOuts: FanOutPlan;
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

/** What an item left behind when it left the window. */
export interface ItemRun {
  /** Whether it was fanned out: its children are in the store. */
  readonly children: boolean;
  /** The parent whose children are all done by it. */
  readonly readyParent: string | undefined;
}

/** Takes an item from its next step to its end. Every result is durable before the next step starts. */
export async function runItem(item: PendingItem, world: ItemWorld): Promise<ItemRun> {
  await (item.admitted ?? world.store.markStarted(item.phase, item.itemId));
  let current = item;
  for (const [index, { step, run, isDoneFor }] of world.steps.entries()) {
    if (index < item.nextStep) continue;
    if (world.control.stopping && isDoneFor?.(item.itemId) !== true) break;

    world.onStepStart(step);
    const stepRun = await run(contentFor(step, current), current);
    const record = await toRecord(stepRun, { step, index, item: current, world });
    const readyParent = record && (await world.store.recordStep(record));
    await world.onStepEnd(step, current, stepRun, record);

    const goesOn = record?.item.status === ItemStatus.pending && !record.fanOut;
    if (!goesOn || record.output === undefined) return { children: record?.fanOut !== undefined, readyParent };
    current = { ...current, content: record.output, collected: false, reviewReason: record.item.reviewReason };
  }
  return { children: false, readyParent: undefined };
}

/** A collect step gets a list also from an item that was never fanned out: itself alone. */
function contentFor({ collects }: RunnableStep, { collected, content }: PendingItem): JsonValue {
  return collects && !collected ? [content] : content;
}

interface StepPlace {
  readonly step: RunnableStep;
  readonly index: number;
  readonly item: PendingItem;
  readonly world: ItemWorld;
}

/** What is committed for a step's end; `undefined` when the item was released. */
async function toRecord(run: StepRun, place: StepPlace): Promise<StepRecord | undefined> {
  const { step, index, item } = place;
  const base = {
    phase: item.phase,
    itemId: item.itemId,
    stepIndex: index,
    step: step.name,
    stage: step.stage,
    durationMs: run.durationMs,
    attempts: run.attempts,
    usage: run.usage,
  };
  const { end } = run;
  switch (end.kind) {
    case "released":
      return undefined;
    case "skipped":
    case "filtered":
      return { ...base, succeeded: true, output: undefined, item: { status: end.kind, reason: end.reason } };
    case "done":
      return { ...base, succeeded: true, ...afterDone(end.output, end.reviewReason ?? item.reviewReason, place) };
    case "fannedOut":
      return fanOutRecord(end.children, place, base) ?? failedRecord(tooDeep(place), place, base);
    case "failed":
      return failedRecord(end, place, base);
  }
}

type RecordBase = Omit<StepRecord, "succeeded" | "output" | "item">;

/** Where an item goes that a step is done with: to the next step, to the parent that collects it, or to its end. */
function afterDone(
  output: JsonValue,
  reviewReason: string | undefined,
  { index, item, world }: StepPlace,
): Pick<StepRecord, "output" | "item"> {
  const isLast = index === world.steps.length - 1;
  if (isLast) {
    const status = reviewReason === undefined ? ItemStatus.completed : ItemStatus.review;
    return { output: undefined, item: { status, reviewReason, outputPath: outputPathOf(output) } };
  }
  const isCollectedNext = item.depth > 0 && world.fanOuts.depthCollectedAt(index + 1) === item.depth;
  return { output, item: { status: isCollectedNext ? ItemStatus.completed : ItemStatus.pending, reviewReason } };
}

/** `undefined` when the fan-out is deeper than the collects that follow. */
function fanOutRecord(
  children: readonly Child[],
  { index, item, world }: StepPlace,
  base: RecordBase,
): StepRecord | undefined {
  const plan = world.fanOuts.collectedAt(index, item.depth + 1);
  if (plan === "too deep") return undefined;
  const fanOut = {
    collectedAt: plan,
    children: children.map(({ id, content }) => ({ itemId: `${item.itemId}/${id}`, content })),
  };
  const status = plan === undefined ? ItemStatus.completed : ItemStatus.pending;
  return { ...base, succeeded: true, output: undefined, fanOut, item: { status, reviewReason: item.reviewReason } };
}

function tooDeep({ step, item }: StepPlace): FailedEnd {
  const message = `Step "${step.name}" fans out to level ${item.depth + 1}, and fewer collect steps follow. Add a collect for each level, or none at all.`;
  return { kind: "failed", failure: "bug", error: new StepError("bug", message), failedAttempts: [] };
}

async function failedRecord(
  end: FailedEnd,
  { step, item: failed, world }: StepPlace,
  base: RecordBase,
): Promise<StepRecord> {
  const failure = await world.keepFailure(step, end, failed);
  const item = { status: ItemStatus.failed, reason: failure.message, failure };
  return { ...base, succeeded: false, output: undefined, item };
}

function outputPathOf(output: JsonValue): string | undefined {
  const path = typeof output === "object" && output !== null && "outputPath" in output ? output.outputPath : undefined;
  return typeof path === "string" ? path : undefined;
}
