import type { Dispatcher, Engine } from "./engine.ts";
import { messageOf, type Mask } from "../failure/index.ts";
import { keepFailure, stepsFact, type LogSubject, type PhaseManager, type StepTracker } from "../session/index.ts";
import { ItemStatus, type JsonValue, type StepResult } from "../base/index.ts";
import { type PhaseDefinition, planFanOuts, runnableSteps, type RunnableStep } from "../pipeline/index.ts";
import { ItemFeed } from "./item-feed.ts";
import { readSource, stopForWrite } from "./read-source.ts";
import type { RunEvent, RunListener } from "./run-event.ts";
import { runItem, type ItemDeps, type ItemRun, type PlannedStep } from "./run-item.ts";
import { stepRunner, type StepRun } from "./step/run-step.ts";
import { isUnansweredEnd, type FailedEnd } from "./step/step-end.ts";
import type { RunDeps } from "./run-deps.ts";
import type { FailureRecord, PendingItem, SessionStore, StepRecord } from "../storage/index.ts";

/** How many items in a row may fail by a bug before the run stops: then the code is broken, not the items. */
const BUGS_IN_A_ROW = 5;

export interface PhaseRun {
  readonly phase: PhaseDefinition;
  readonly deps: RunDeps;
  readonly store: SessionStore;
  readonly engine: Engine;
  /** Only when steps are done by other processes. */
  readonly dispatcher: Dispatcher | undefined;
  readonly window: number;
  readonly phases: PhaseManager;
  readonly tracker: StepTracker;
  readonly onEvent: RunListener;
  /** Keeps each step's output, in debug mode only. */
  readonly dump: undefined | ((subject: LogSubject, output: JsonValue) => Promise<void>);
}

/**
 * Runs one phase until its items are done or the run is told to stop. Failed items do not stop it. Items that may be what
 * killed earlier runs come after all others, one at a time.
 */
export async function runPhase(run: PhaseRun): Promise<void> {
  const { phase, deps, store, window } = run;
  const itemDeps = itemDepsOf(run);
  noteSteps(run);
  const suspects = store.suspects(phase.name);
  await runFeed(run, itemDeps, { window, apart: new Set(suspects) });
  if (suspects.length > 0 && !deps.control.stopping) {
    run.onEvent({ kind: "engine", message: trialOf(suspects) });
    await runThese(run, itemDeps, { itemIds: suspects, window: 1 });
    // What they were fanned out into, and the parents that waited for them.
    await runFeed(run, itemDeps, { window });
  }
  await runHandedBack(run, itemDeps);
  deps.limits.feedEnded();
}

/** Runs the items that may be what killed processes which did their steps: each has one of those for itself. */
async function runHandedBack(run: PhaseRun, itemDeps: ItemDeps): Promise<void> {
  const { phase, deps, dispatcher, window } = run;
  const handedBack = (): readonly string[] =>
    deps.control.stopping ? [] : (dispatcher?.takeSuspects(phase.name) ?? []);
  for (let itemIds = handedBack(); itemIds.length > 0; itemIds = handedBack()) {
    run.onEvent({ kind: "engine", message: trialAtWorkersOf(itemIds) });
    for (; itemIds.length > 0; itemIds = handedBack()) await runThese(run, itemDeps, { itemIds, window });
    await runFeed(run, itemDeps, { window });
  }
}

/** Notes which steps the indexes of this run's records are of. They are written in order, so this comes before them. */
function noteSteps({ phase, store, deps }: PhaseRun): void {
  const fact = stepsFact(phase.name);
  const names = JSON.stringify(runnableSteps(phase).map(({ name }) => name));
  if (store.getFact(fact) === names) return;
  store.setFact(fact, names).catch((error: unknown) => stopForWrite(deps.control, error));
}

/** Runs what the store and the source have, but for the items that are kept apart. */
async function runFeed(
  run: PhaseRun,
  itemDeps: ItemDeps,
  { window, apart = new Set() }: { readonly window: number; readonly apart?: ReadonlySet<string> },
): Promise<void> {
  const { phase, deps, engine, store } = run;
  const taken = new Set<string>();
  const source = readSource({
    ...run,
    taken,
    phase: phase.name,
    source: phase.source,
    control: deps.control,
    mask: deps.mask,
    limits: deps.limits,
    running: deps.running,
  });
  const feed = new ItemFeed({ phase: phase.name, store, source, drain: deps.control.drain, taken, apart });
  await engine.run(
    feed.items(),
    async (item) => {
      const made = await runOne(run, itemDeps, item);
      if (made) feed.left(item, made);
    },
    { window },
  );
}

interface TheseItems {
  readonly itemIds: readonly string[];
  readonly window: number;
}

/** Runs these items, with nothing beside them. */
async function runThese(run: PhaseRun, itemDeps: ItemDeps, { itemIds, window }: TheseItems): Promise<void> {
  const { phase, deps, store, engine } = run;
  async function* items(): AsyncGenerator<PendingItem> {
    for (const itemId of itemIds) {
      if (deps.control.stopping) return;
      yield store.pendingItem(phase.name, itemId);
    }
  }
  await engine.run(items(), async (item) => void (await runOne(run, itemDeps, item)), { window });
}

async function runOne(run: PhaseRun, itemDeps: ItemDeps, item: PendingItem): Promise<ItemRun | undefined> {
  try {
    return await runItem(item, itemDeps);
  } catch (error) {
    // Only the store and the disk throw here: what a step throws is its item's failure.
    stopForWrite(run.deps.control, error);
    return undefined;
  } finally {
    run.dispatcher?.left(item.phase, item.itemId);
  }
}

function trialOf({ length, 0: first = "" }: readonly string[]): string {
  const which = length === 1 ? `item ${first}` : `${length} items, one after another`;
  return `Calls of these were under way when the process died before. Trying them with nothing else running: ${which}`;
}

function trialAtWorkersOf({ length, 0: first = "" }: readonly string[]): string {
  const which = length === 1 ? `item ${first}` : `${length} items, each at a worker that does nothing else meanwhile`;
  return `Workers that had these died more than once. Trying them alone: ${which}`;
}

function itemDepsOf(run: PhaseRun): ItemDeps {
  const { phase, deps, store, phases, tracker, onEvent, dump } = run;
  const runnable = runnableSteps(phase);
  const local = runnable.map((step): PlannedStep => ({ step, run: stepRunner(step, deps) }));
  const bugs = bugCounter(deps);
  const fanOuts = planFanOuts(runnable);
  return {
    steps: run.dispatcher?.stepsOf(phase.name, local) ?? local,
    fanOuts,
    store,
    control: deps.control,
    isCancelled: (item) => deps.inFlight.isCancelled(item),
    keepFailure: (step, end, item) => recordFailure({ phases, mask: deps.mask, step, end, item }),
    onStepStart: (step) => tracker.start(step.name),
    onStepEnd(step, { itemId, depth }, stepRun, record) {
      const { end, usage } = stepRun;
      track(tracker, step, stepRun, deps.mask);
      bugs(step.name, stepRun);
      if (!record) return usage && store.recordUsage({ phase: phase.name, step: step.name, stage: step.stage, usage });
      if (record.item.failure?.kind !== "cancelled_by_user") deps.limits.itemEnded(record.item.status);
      const isPart = depth > 0 && fanOuts.collectedAt(record.stepIndex, depth) !== undefined;
      onEvent({ kind: "step", phase: phase.name, itemId, step: step.name, result: resultOf(stepRun, deps.mask) });
      if (record.item.status !== ItemStatus.pending) onEvent({ ...endOf(record), ...(isPart && { isPart }) });
      return end.kind === "done" ? dump?.({ stage: step.stage, step: step.name, itemId }, end.output) : undefined;
    },
  };
}

interface FailureToKeep {
  readonly phases: PhaseManager;
  readonly mask: Mask;
  readonly step: RunnableStep;
  readonly end: FailedEnd;
  readonly item: PendingItem;
}

async function recordFailure({ phases, mask, step, end, item }: FailureToKeep): Promise<FailureRecord> {
  const { phase, itemId, sourcePath, content: input } = item;
  const { failure: kind, error, failedAttempts: attempts } = end;
  const evidence = { phase, itemId, sourcePath, step: step.name, kind, error, input, attempts };
  const folder = await keepFailure(phases, evidence, mask);
  const unanswered = isUnansweredEnd(end);
  return { step: step.name, kind, message: mask(messageOf(error)), folder, ...(unanswered && { unanswered }) };
}

function track(
  tracker: StepTracker,
  step: RunnableStep,
  { end, durationMs, attempts, usage }: StepRun,
  mask: Mask,
): void {
  switch (end.kind) {
    case "released":
      return tracker.release(step.name, usage);
    case "failed":
      return tracker.fail(step.name, mask(messageOf(end.error)), { durationMs, attempts, usage });
    case "done":
    case "fannedOut":
    case "skipped":
    case "filtered":
      return tracker.complete(step.name, { durationMs, attempts, usage });
  }
}

function bugCounter({ control }: RunDeps): (step: string, run: StepRun) => void {
  const inARow = new Map<string, number>();
  return (step, { end }) => {
    if (end.kind === "released") return;
    const isBug = end.kind === "failed" && end.failure === "bug";
    const bugs = isBug ? (inARow.get(step) ?? 0) + 1 : 0;
    inARow.set(step, bugs);
    if (!isBug || bugs < BUGS_IN_A_ROW) return;
    const message = `${BUGS_IN_A_ROW} items in a row failed in the pipeline's own code. The last error: ${messageOf(end.error)}`;
    control.stop({ kind: "bug", message, error: end.error });
  };
}

function resultOf({ end, durationMs, attempts }: StepRun, mask: Mask): StepResult {
  const failed = end.kind === "failed" ? { error: mask(messageOf(end.error)) } : undefined;
  return { success: !failed, ...failed, durationMs, attempts, itemsProcessed: 1, itemsFailed: failed ? 1 : 0 };
}

const endOf = ({ phase, itemId, item }: StepRecord): RunEvent & { readonly kind: "item" } => ({
  kind: "item",
  phase,
  itemId,
  status: item.status,
  reason: item.reason ?? item.reviewReason,
});
