import type { Dispatcher, Engine } from "./engine.ts";
import { messageOf, HoldfastError, classifyFailure, type Mask } from "../failure/index.ts";
import {
  countItems,
  statusOfCounts,
  openStageLogs,
  hasInputs,
  writeInputs,
  writeManifest,
  hasEnded,
  isExtracted,
  PhaseManager,
  Projection,
  withStatus,
  type Interruption,
  type Session,
  type SessionManager,
  StepTracker,
} from "../session/index.ts";
import { type AnyPipeline, type PhaseDefinition, runnableSteps } from "../pipeline/index.ts";
import { stopForWrite } from "./read-source.ts";
import type { StopCause } from "./run-control.ts";
import type { RunListener } from "./run-event.ts";
import { runPhase } from "./run-phase.ts";
import type { RunDeps } from "./run-deps.ts";
import { cancelPending } from "./cancel-pending.ts";
import { cancelledByUser } from "./in-flight.ts";
import { ItemStatus, PhaseStatus, SessionStatus, StageType } from "../base/index.ts";
import type { SessionStore } from "../storage/index.ts";

export interface SessionRun {
  readonly session: Session;
  readonly pipeline: AnyPipeline;
  readonly sessions: SessionManager;
  readonly store: SessionStore;
  readonly engine: Engine;
  /** Only when steps are done by other processes. */
  readonly dispatcher?: Dispatcher | undefined;
  readonly deps: Omit<RunDeps, "logs">;
  /** Items in flight at once. */
  readonly window: number;
  readonly projectionIntervalMs: number;
  readonly onEvent: RunListener;
}

/** A session after a run, and why the run stopped when it did not come to its end. */
export interface SessionOutcome {
  /** As it stands now, with its counts. */
  readonly session: Session;
  /** Why it stopped before its end; undefined when it did not. */
  readonly cause: StopCause | undefined;
}

/**
 * Runs a session from its current state to its end, or until the run is told to stop. The caller holds the session's
 * lock.
 */
export async function runSession(run: SessionRun): Promise<SessionOutcome> {
  const { control, clock } = run.deps;
  const phases = new PhaseManager(run.sessions.folderOf(run.session.id));
  using projection = new Projection({
    session: run.session,
    sessions: run.sessions,
    phases,
    store: run.store,
    clock,
    intervalMs: run.projectionIntervalMs,
    onError: (error) => control.stop({ kind: "write", message: messageOf(error), error }),
  });
  control.drain.addEventListener("abort", () => reportStop(run), { once: true });
  // Whoever waits no longer for what another cause stopped.
  control.halt.addEventListener("abort", () => endInOrder(run), { once: true });

  try {
    await runPhases(run, projection, phases);
  } catch (error) {
    if (classifyFailure(error) !== "write") throw error;
    stopForWrite(control, error);
  }
  // The last write may find the disk full too; then the session shows as interrupted, since its process is gone.
  const session = await projection
    .end(control.cause && interruptionBy(control.cause, run.deps.mask))
    .catch((error: unknown) => {
      stopForWrite(control, error);
      return withStatus(projection.session, SessionStatus.interrupted, {
        now: new Date(clock.wallNow()),
        reason: run.deps.mask(control.cause?.message ?? messageOf(error)),
      });
    });
  return { session, cause: control.cause };
}

function reportStop(run: SessionRun): void {
  const { cause } = run.deps.control;
  if (!cause) return;
  run.onEvent({ kind: "stop", cause });
  if (cause.kind === "user") endInOrder(run);
}

/** Who stops a run may not wait for the calls in flight: a process that is killed from here on has not crashed. */
function endInOrder({ deps: { control }, store }: SessionRun): void {
  store.endRun().catch((error: unknown) => stopForWrite(control, error));
}

const interruptionBy = (cause: StopCause, mask: Mask): Interruption => ({
  reason: mask(cause.message),
  ...(cause.kind === "limit" && { hint: cause.hint }),
});

async function runPhases(run: SessionRun, projection: Projection, phases: PhaseManager): Promise<void> {
  const { control } = run.deps;
  await projection.begin();
  for (const itemId of await run.store.beginRun()) run.onEvent({ kind: "poison", itemId });
  for (const [index, phase] of run.pipeline.phases.entries()) {
    // The first phase was checked before the session started; the run may have been killed before that was recorded.
    if (index > 0 || !hasInputs(phases.foldersOf(phase.name))) await checkSource(phase, run, phases);
    if (control.stopping) break;
    await runOnePhase(phase, run, projection, phases);
  }
  // An item may have been cancelled in a phase that this run never came to.
  if (control.stopping) for (const phase of run.pipeline.phases) await endCancelled(phase, run, phases);
  await run.store.endRun();
}

/** Ends the items of a phase that their user cancelled and that no step is at work on. */
async function endCancelled(phase: PhaseDefinition, run: SessionRun, phases: PhaseManager): Promise<void> {
  const { inFlight, mask } = run.deps;
  const steps = runnableSteps(phase).map(({ name }) => name);
  const deps = { store: run.store, phases, mask, stepsOf: () => steps };
  for (const { itemId } of await cancelPending(inFlight.cancelledIn(phase.name), deps)) {
    const reason = cancelledByUser().message;
    run.onEvent({ kind: "item", phase: phase.name, itemId, status: ItemStatus.failed, reason });
  }
}

async function runOnePhase(
  phase: PhaseDefinition,
  run: SessionRun,
  projection: Projection,
  phases: PhaseManager,
): Promise<void> {
  const { store, engine, dispatcher, window, sessions, session } = run;
  const sessionFolder = sessions.folderOf(session.id);
  const { clock, control } = run.deps;
  const tracker = new StepTracker([{ name: phase.source.name, stage: StageType.extract }, ...runnableSteps(phase)], {
    clock,
    totals: store.stepTotals(phase.name),
    errors: lastErrors(store, phase.name),
  });
  await projection.beginPhase(phase.name, tracker);
  run.onEvent({ kind: "phase", phase: phase.name, status: PhaseStatus.running });

  await using logs = await openStageLogs({
    sessionFolder,
    phase: phase.name,
    debug: session.debug,
    clock,
    mask: run.deps.mask,
  });
  const onEvent: RunListener = (event) => {
    projection.touch();
    run.onEvent(event);
  };
  await runPhase({
    phase,
    deps: { ...run.deps, logs, callNote: store.callNote.bind(store) },
    store,
    engine,
    dispatcher,
    window,
    phases,
    tracker,
    onEvent,
    dump: session.debug ? (subject, output) => logs.dump(subject, output) : undefined,
  });

  await endCancelled(phase, run, phases);
  const extracted = isExtracted(store, phase.name);
  if (extracted) await writeManifest(phases.foldersOf(phase.name), store, phase.name);
  const status = extracted && !control.stopping ? statusAtEnd(store, phase.name) : PhaseStatus.interrupted;
  await projection.endPhase(status);
  run.onEvent({ kind: "phase", phase: phase.name, status });
  assertNumbersAddUp(phase.name, store, { ended: hasEnded(status) });
}

/** Checks a later phase just before it starts, since an earlier one may write what it reads. */
async function checkSource(
  { name, source }: PhaseDefinition,
  { store, deps: { control } }: SessionRun,
  phases: PhaseManager,
): Promise<void> {
  if (control.stopping || isExtracted(store, name)) return;
  try {
    await writeInputs(phases.foldersOf(name), await source.check({ signal: control.drain }));
  } catch (error) {
    if (classifyFailure(error) === "write") throw error;
    control.stop({ kind: "source", message: `Phase "${name}" cannot start: ${messageOf(error)}`, error });
  }
}

/** The last error of each failed step, for a summary that an earlier run began. */
function lastErrors(store: SessionStore, phase: string): ReadonlyMap<string, string> {
  const failed = store.endedItems({ phase, statuses: ["failed"] });
  return new Map(failed.flatMap(({ failure }) => (failure ? [[failure.step, failure.message]] : [])));
}

/** A parent that waits for a child that failed counts as failed too. */
function statusAtEnd(store: SessionStore, phase: string): PhaseStatus {
  const counts = store.counts(phase);
  const waiting = store.countWaiting(phase);
  return statusOfCounts({ ...counts, pending: counts.pending - waiting, failed: counts.failed + waiting });
}

/** Checks that the sums which reports read agree with the rows themselves. */
function assertNumbersAddUp(phase: string, store: SessionStore, { ended }: { readonly ended: boolean }): void {
  const counts = store.counts(phase);
  const rows = store.countRows(phase);
  if (countItems(counts) === rows && (!ended || counts.pending === store.countWaiting(phase))) return;
  throw new HoldfastError(
    "internal",
    `The numbers of phase "${phase}" do not add up: ${JSON.stringify(counts)} for ${rows} items.`,
    {
      hint: "This is a bug in Holdfast. Stored data is safe; please report it with the session's phase.json.",
    },
  );
}
