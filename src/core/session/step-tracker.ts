import { cutText } from "../../text/index.ts";
import { type Clock, systemClock, PhaseStatus, type StageType, StepStatus } from "../base/index.ts";
import { messageOf, HoldfastError } from "../failure/index.ts";
import { hasEnded } from "./phase.ts";
import { createStage, mapStages, type Stages, type StepSummary } from "./stage.ts";
import type { StepTotals } from "../storage/index.ts";
import { sumUsage, type Usage } from "../model/index.ts";

const MAX_ERROR_LENGTH = 1000;

/** A step that a tracker follows. */
export interface TrackedStep {
  readonly name: string;
  readonly stage: StageType;
}

/** What one item cost a step. */
export interface StepCost {
  /** Milliseconds; measured by the tracker's clock when absent. */
  readonly durationMs?: number;
  /** Calls made. @default 1 */
  readonly attempts?: number;
  /** What its calls of a model cost. @default none were made */
  readonly usage?: Usage | undefined;
}

/** The options of a {@link StepTracker}. */
export interface StepTrackerOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** What the steps did in earlier runs of the same session. @default [] */
  readonly totals?: readonly StepTotals[];
  /** The last error of each step that failed in earlier runs. @default none */
  readonly errors?: ReadonlyMap<string, string>;
}

interface Tally {
  readonly name: string;
  readonly stage: StageType;
  inFlight: number;
  /** Sum of the start times of what is in flight: all that is needed to time overlapping items together. */
  startSum: number;
  durationMs: number;
  attempts: number;
  processed: number;
  failed: number;
  skipped: number;
  usage: Usage | undefined;
  startedAtMs: number | undefined;
  endedAtMs: number | undefined;
  error: unknown;
}

/**
 * Tracks the steps of one phase while many items are in each of them at once, and keeps only numbers. After `start`,
 * call one of `complete`, `fail` and `release`; `skip` stands alone.
 *
 * @example
 * ```ts
 * import { StepTracker } from "holdfast";
 *
 * const tracker = new StepTracker([{ name: "summarise", stage: "transform" }]);
 * tracker.start("summarise");
 * tracker.complete("summarise", { durationMs: 120 });
 * tracker.start("summarise");
 * tracker.fail("summarise", new Error("no answer"), { durationMs: 80, attempts: 3 });
 * const [step] = tracker.snapshot().transform.steps;
 * console.log(step?.status, step?.durationMs, step?.attempts, step?.itemsProcessed, step?.itemsFailed, step?.error);
 * // prints: failed 200 4 1 1 no answer
 * ```
 */
export class StepTracker {
  readonly #clock: Clock;
  readonly #tallies: ReadonlyMap<string, Tally>;

  constructor(steps: readonly TrackedStep[], { clock = systemClock, totals = [], errors }: StepTrackerOptions = {}) {
    this.#clock = clock;
    this.#tallies = new Map(
      steps.map((step) => [
        step.name,
        tallyOf(
          step,
          totals.find((total) => total.step === step.name),
          errors?.get(step.name),
        ),
      ]),
    );
  }

  /** Records that an item enters the step. */
  start(step: string): void {
    const tally = this.#tally(step);
    tally.inFlight += 1;
    tally.startSum += this.#clock.now();
    tally.startedAtMs ??= this.#clock.wallNow();
  }

  /** Records a success of the step. `itemsProcessed` defaults to 1. */
  complete(
    step: string,
    { durationMs, attempts = 1, itemsProcessed = 1, usage }: StepCost & { readonly itemsProcessed?: number } = {},
  ): void {
    const tally = this.#leave(step, durationMs, usage);
    tally.attempts += attempts;
    tally.processed += itemsProcessed;
  }

  /** Records a final failure of the step. `itemsFailed` defaults to 1. */
  fail(
    step: string,
    error: unknown,
    { durationMs, attempts = 1, itemsFailed = 1, usage }: StepCost & { readonly itemsFailed?: number } = {},
  ): void {
    const tally = this.#leave(step, durationMs, usage);
    tally.attempts += attempts;
    tally.failed += itemsFailed;
    tally.error = error;
  }

  /**
   * Records that the run was stopped: the item leaves the step as if it had never entered, except for its time and
   * calls.
   */
  release(step: string, usage?: Usage): void {
    this.#leave(step, undefined, usage);
  }

  /** Records that the step was not called for the item; a step that every item skips is `skipped`. */
  skip(step: string, reason: string): void {
    const tally = this.#tally(step);
    tally.skipped += 1;
    if (tally.failed === 0) tally.error = reason;
  }

  /**
   * The stages as `phase.json` wants them. `phase` is the phase's own status: while it runs, a step that has begun is
   * running although no item may be in it right now; once it has ended, a step that no item reached is skipped.
   * Without it each step is what its numbers say.
   */
  snapshot({ phase }: { readonly phase?: PhaseStatus } = {}): Stages {
    return mapStages((stage) =>
      createStage(
        [...this.#tallies.values()].filter((tally) => tally.stage === stage).map((tally) => summaryOf(tally, phase)),
      ),
    );
  }

  #leave(step: string, durationMs: number | undefined, usage: Usage | undefined): Tally {
    const tally = this.#tally(step);
    if (tally.inFlight === 0)
      throw new HoldfastError("internal", `Step "${step}" ended for an item that it was never started for.`);
    const now = this.#clock.now();
    // Taking the mean start is wrong for the one item and right for the sum, whatever the order in which items leave.
    const tookMs = durationMs ?? Math.max(0, now - tally.startSum / tally.inFlight);
    tally.inFlight -= 1;
    tally.startSum = tally.inFlight === 0 ? 0 : tally.startSum - (now - tookMs);
    tally.durationMs += tookMs;
    if (usage) tally.usage = sumUsage([tally.usage, usage]);
    tally.endedAtMs = this.#clock.wallNow();
    return tally;
  }

  #tally(step: string): Tally {
    const tally = this.#tallies.get(step);
    if (tally === undefined) throw new HoldfastError("internal", `Step "${step}" was not declared to the tracker.`);
    return tally;
  }
}

function tallyOf({ name, stage }: TrackedStep, before: StepTotals | undefined, error: string | undefined): Tally {
  return {
    name,
    stage,
    inFlight: 0,
    startSum: 0,
    durationMs: before?.durationMs ?? 0,
    attempts: before?.attempts ?? 0,
    processed: before?.processed ?? 0,
    failed: before?.failed ?? 0,
    skipped: 0,
    usage: before?.usage,
    startedAtMs: undefined,
    endedAtMs: undefined,
    error,
  };
}

function summaryOf(tally: Tally, phase: PhaseStatus | undefined): StepSummary {
  const status = statusOf(tally, phase);
  const { startedAtMs, endedAtMs, error } = tally;
  return {
    name: tally.name,
    status,
    ...(startedAtMs !== undefined && { startedAt: new Date(startedAtMs).toISOString() }),
    ...(endedAtMs !== undefined && DONE.has(status) && { completedAt: new Date(endedAtMs).toISOString() }),
    durationMs: Math.round(tally.durationMs * 1000) / 1000,
    attempts: tally.attempts,
    itemsProcessed: tally.processed,
    itemsFailed: tally.failed,
    ...(tally.usage && { usage: tally.usage }),
    ...(error !== undefined && { error: cutText(messageOf(error), MAX_ERROR_LENGTH) }),
  };
}

function statusOf({ inFlight, processed, failed, skipped }: Tally, phase: PhaseStatus | undefined): StepStatus {
  if (inFlight > 0) return StepStatus.running;
  if (processed + failed > 0) {
    if (phase === PhaseStatus.running) return StepStatus.running;
    return failed > 0 ? StepStatus.failed : StepStatus.completed;
  }
  if (skipped > 0) return StepStatus.skipped;
  return phase !== undefined && hasEnded(phase) ? StepStatus.skipped : StepStatus.pending;
}

const DONE: ReadonlySet<StepStatus> = new Set([StepStatus.completed, StepStatus.failed]);
