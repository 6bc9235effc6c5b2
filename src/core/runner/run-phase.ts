import type { Dispatcher, Engine } from "./engine.ts";
import { messageOf, type Mask } from "../failure/index.ts";
import { keepFailure, type LogSubject, type PhaseManager, type StepTracker } from "../session/index.ts";
import { ItemStatus, type JsonValue, type StepResult } from "../base/index.ts";
import { type PhaseDefinition, planFanOuts, runnableSteps, type RunnableStep } from "../pipeline/index.ts";
import { ItemFeed } from "./item-feed.ts";
import { readSource, stopForWrite } from "./read-source.ts";
import type { RunEvent, RunListener } from "./run-event.ts";
import { runItem, type ItemDeps, type PlannedStep } from "./run-item.ts";
import { stepRunner, type StepRun } from "./run-step.ts";
import type { FailedEnd } from "./step-end.ts";
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

/** Runs one phase until its items are done or the run is told to stop. Failed items do not stop it. */
export async function runPhase(run: PhaseRun): Promise<void> {
  const { phase, deps, engine, window } = run;
  const taken = new Set<string>();
  const source = readSource({
    ...run,
    taken,
    phase: phase.name,
    source: phase.source,
    control: deps.control,
    mask: deps.mask,
    limits: deps.limits,
  });
  const feed = new ItemFeed({ phase: phase.name, store: run.store, source, drain: deps.control.drain, taken });
  const itemDeps = itemDepsOf(run);
  await engine.run(
    feed.items(),
    async (item) => {
      try {
        feed.left(item, await runItem(item, itemDeps));
      } catch (error) {
        // Only the store and the disk throw here: what a step throws is its item's failure.
        stopForWrite(deps.control, error);
      } finally {
        run.dispatcher?.left(item.phase, item.itemId);
      }
    },
    { window },
  );
  deps.limits.feedEnded();
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
  return { step: step.name, kind, message: mask(messageOf(error)), folder };
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
