import { StepError } from "../failure/index.ts";
import { type FanOutPlan, type RunnableStep, LOAD_CHANGES } from "../pipeline/index.ts";
import { type JsonValue, ItemStatus } from "../base/index.ts";
import type { RunControl } from "./run-control.ts";
import { cancelledRun, type StepRun, type StepRunner } from "./step/run-step.ts";
import type { FailedEnd } from "./step/step-end.ts";
import type { StepOutput } from "./step/step-output.ts";
import type { FailureRecord, ItemPlace, PendingItem, SessionStore, StepRecord } from "../storage/index.ts";

/** A step of a phase with what runs it. */
export interface PlannedStep {
  readonly step: RunnableStep;
  readonly run: StepRunner;
  /** Whether the step was done for the item already, elsewhere, and only waits to be recorded. @default never */
  readonly isDoneFor?: (itemId: string) => boolean;
}

/** The dependencies of running an item. */
export interface ItemDeps {
  readonly steps: readonly PlannedStep[];
  readonly fanOuts: FanOutPlan;
  readonly store: SessionStore;
  readonly control: RunControl;
  /** Whether its user cancelled the item: then its next step fails without a call. */
  readonly isCancelled: (item: ItemPlace) => boolean;
  /** Stores the evidence of a failure and returns its folder. */
  readonly keepFailure: (step: RunnableStep, end: FailedEnd, item: PendingItem) => Promise<FailureRecord>;
  readonly onStepStart: (step: RunnableStep) => void;
  /** Called after a step's record is durable, or with `undefined` when the item was released and nothing was recorded. */
  readonly onStepEnd: (
    step: RunnableStep,
    item: PendingItem,
    run: StepRun,
    recorded: StepRecord | undefined,
  ) => Promise<void> | undefined;
}

/** What remains of an item that has left the window. */
export interface ItemRun {
  /** Whether it was fanned out: its children are in the store. */
  readonly children: boolean;
  /** The parent whose children are all done by it. */
  readonly readyParent: string | undefined;
}

/**
 * Takes an item from its next step to its end. Every result is durable before the next step starts; results of steps that
 * were done elsewhere already are recorded together.
 */
export async function runItem(item: PendingItem, deps: ItemDeps): Promise<ItemRun> {
  await (item.admitted ?? deps.store.markStarted(item.phase, item.itemId));
  let current = item;
  /** Records on their way to the disk, in order. */
  let underWay: Promise<unknown> | undefined;
  for (let index = item.nextStep; index < deps.steps.length; index++) {
    const planned = deps.steps[index];
    if (!planned) break;
    const { step, run, isDoneFor } = planned;
    const isDone = isDoneFor?.(item.itemId) === true;
    if (!isDone && underWay) {
      await underWay;
      underWay = undefined;
    }
    if (deps.control.stopping && !isDone) break;

    deps.onStepStart(step);
    // What is there at once is not awaited: most steps await once, for their record.
    const running = deps.isCancelled(current) ? cancelledRun() : run(contentFor(step, current), current);
    const stepRun = running instanceof Promise ? await running : running;
    const made = toRecord(stepRun, { step, index, item: current, deps });
    const record = made instanceof Promise ? await made : made;
    const goesOn = record?.item.status === ItemStatus.pending && !record.fanOut && record.output !== undefined;
    const before = current;
    const recorded = record && deps.store.recordStep(record);
    if (goesOn && deps.steps[index + 1]?.isDoneFor?.(item.itemId) === true) {
      underWay = Promise.all([underWay, recorded]).then(() => deps.onStepEnd(step, before, stepRun, record));
      // A failure is thrown where it is awaited, even if something else fails before.
      underWay.catch(() => {});
    } else {
      const readyParent = underWay ? (await Promise.all([recorded, underWay]))[0] : await recorded;
      const ended = deps.onStepEnd(step, before, stepRun, record);
      if (ended) await ended;
      if (!goesOn) return { children: record?.fanOut !== undefined, readyParent };
    }
    current = { ...current, content: record.output, collected: false, reviewReason: record.item.reviewReason };
  }
  await underWay;
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
  readonly deps: ItemDeps;
}

/** What is committed for a step's end; `undefined` when the item was released. */
function toRecord(run: StepRun, place: StepPlace): StepRecord | undefined | Promise<StepRecord> {
  const { end } = run;
  switch (end.kind) {
    case "released":
      return undefined;
    case "done":
      return doneRecord(run, end, place);
    case "skipped":
    case "filtered": {
      const item = { status: end.kind, reason: end.reason };
      return { ...baseOf(run, place), succeeded: true, output: undefined, item };
    }
    case "fannedOut":
      return fanOutRecord(end, place, baseOf(run, place));
    case "failed":
      return failedRecord(end, place, baseOf(run, place));
  }
}

type RecordBase = Omit<StepRecord, "succeeded" | "output" | "item">;

const baseOf = ({ durationMs, attempts, usage }: StepRun, { step, index, item }: StepPlace): RecordBase => ({
  phase: item.phase,
  itemId: item.itemId,
  stepIndex: index,
  step: step.name,
  stage: step.stage,
  durationMs,
  attempts,
  usage,
});

/** The record of nearly every step: made in one piece, since each copy of it costs as much as the rest of it. */
function doneRecord(run: StepRun, end: Extract<StepOutput, { kind: "done" }>, place: StepPlace): StepRecord {
  const { step, index, item } = place;
  const { output, outputText, item: after } = afterDone(end, end.reviewReason ?? item.reviewReason, place);
  return {
    phase: item.phase,
    itemId: item.itemId,
    stepIndex: index,
    step: step.name,
    stage: step.stage,
    durationMs: run.durationMs,
    attempts: run.attempts,
    usage: run.usage,
    succeeded: true,
    output,
    outputText,
    item: after,
  };
}

/** Where an item goes after a step: to the next step, to the parent that collects it, or to its end. */
function afterDone(
  { output, text }: Extract<StepOutput, { kind: "done" }>,
  reviewReason: string | undefined,
  { index, item, deps }: StepPlace,
): Pick<StepRecord, "output" | "outputText" | "item"> {
  const isLast = index === deps.steps.length - 1;
  if (isLast) {
    const status = reviewReason === undefined ? ItemStatus.completed : ItemStatus.review;
    return { output: undefined, item: { status, reviewReason, ...loadedOf(output) } };
  }
  const isCollectedNext = item.depth > 0 && deps.fanOuts.depthCollectedAt(index + 1) === item.depth;
  const status = isCollectedNext ? ItemStatus.completed : ItemStatus.pending;
  return { output, outputText: text, item: { status, reviewReason } };
}

/** The item fails when the fan-out is deeper than the collects that follow, or when another item has the id of a child. */
function fanOutRecord(
  { children, again }: Pick<Extract<StepOutput, { kind: "fannedOut" }>, "children" | "again">,
  place: StepPlace,
  base: RecordBase,
): StepRecord | Promise<StepRecord> {
  const { index, item, deps } = place;
  const plan = deps.fanOuts.collectedAt(index, item.depth + 1);
  if (plan === "too deep") return failedRecord(tooDeep(place), place, base);
  const named = children.map(({ id, content, text }) => ({
    itemId: `${item.itemId}/${id}`,
    content,
    contentText: text,
  }));
  const taken = named.find(({ itemId }) => deps.store.hasItem(item.phase, itemId));
  if (taken) return failedRecord(idTaken(place, taken.itemId), place, base);
  const fanOut = { collectedAt: plan, firstStep: again ? index : index + 1, children: named };
  const status = plan === undefined ? ItemStatus.completed : ItemStatus.pending;
  return { ...base, succeeded: true, output: undefined, fanOut, item: { status, reviewReason: item.reviewReason } };
}

function tooDeep({ step, item }: StepPlace): FailedEnd {
  const message = `Step "${step.name}" fans out to level ${item.depth + 1}, but fewer collect steps follow. Add a collect step for each level, or none at all.`;
  return { kind: "failed", failure: "bug", error: new StepError("bug", message), failedAttempts: [] };
}

/** Ids of a source may look like those of parts, as relative paths do. */
function idTaken({ step }: StepPlace, itemId: string): FailedEnd {
  const message = `Step "${step.name}" fans out to a part with the id ${JSON.stringify(itemId)}, which another item has. Give the parts other ids (\`id\` of \`fanOut\`), or the items of the source, then try this item again.`;
  return { kind: "failed", failure: "input", error: new StepError("input", message), failedAttempts: [] };
}

async function failedRecord(
  end: FailedEnd,
  { step, item: failed, deps }: StepPlace,
  base: RecordBase,
): Promise<StepRecord> {
  const failure = await deps.keepFailure(step, end, failed);
  const item = { status: ItemStatus.failed, reason: failure.message, failure };
  return { ...base, succeeded: false, output: undefined, item };
}

/** What a sink reported about its load, after it went through JSON. */
function loadedOf(output: JsonValue): Pick<StepRecord["item"], "outputPath" | "change"> {
  const said = typeof output === "object" && output !== null ? output : {};
  const outputPath = "outputPath" in said && typeof said.outputPath === "string" ? said.outputPath : undefined;
  const change = "change" in said ? LOAD_CHANGES.find((known) => known === said.change) : undefined;
  return { outputPath, change };
}
