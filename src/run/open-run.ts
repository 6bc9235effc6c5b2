import { join } from "node:path";
import { SessionStatus, systemClock } from "../core/base/index.ts";
import { classifyFailure, messageOf, secretMask } from "../core/failure/index.ts";
import { makeFolder } from "../core/files/index.ts";
import { LaneTimeline } from "../core/lane/index.ts";
import { idOfModels, spentIn, TokenEstimator, type ModelInfo } from "../core/model/index.ts";
import { hashPipeline, resolveConfig, type AnyPipeline, type Config } from "../core/pipeline/index.ts";
import {
  InFlight,
  openLanes,
  openMetering,
  RunControl,
  runSession,
  stopForWrite,
  watchDeadline,
  whileBusy,
  type DispatchedRun,
  type RunListener,
  type RunServices,
  type SessionOutcome,
  type WorkspaceWaits,
} from "../core/runner/index.ts";
import { recordRun, withPipeline, withStatus, type Session, type SessionManager } from "../core/session/index.ts";
import type { SessionStore } from "../core/storage/index.ts";
import { localEngine } from "../engines/index.ts";
import { knownPrices } from "../llm/prices/index.ts";
import { createExtractive } from "../llm/extractive/index.ts";
import {
  lockFolder,
  lockSession,
  openSessionStore,
  type ExclusiveFolder,
  type SessionLock,
} from "../stores/sqlite/index.ts";
import { startTimer } from "../retry/time/index.ts";
import { openWorkspace, patientCache, type Workspace } from "../stores/workspace/index.ts";
import { establishIdentity } from "./establish-identity.ts";
import { guardRun } from "./guard-run.ts";
import { guardLimits, usageOf } from "./limits.ts";
import { openDispatcher } from "./open-dispatcher.ts";
import type { RunOptions } from "./run-options.ts";
import { hasStore } from "./session-file.ts";
import { watchSession } from "./watch-session.ts";

/** Splits run options into the configuration they hold and the rest. */
export function configOf({ workspace, debug, window, projectionIntervalMs }: RunOptions): Config {
  const given = { workspace, debug, window, projectionIntervalMs };
  return resolveConfig(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
}

/** The work under a session's lock: `prepare` first, then `change`, then the run itself. */
export interface LockedRun {
  readonly session: Session;
  readonly sessions: SessionManager;
  readonly pipeline: AnyPipeline;
  readonly options: RunOptions;
  /** The result of the model's check. */
  readonly modelInfo: ModelInfo;
  /** May throw, and then has changed nothing. */
  readonly prepare?: (store: SessionStore) => Promise<void>;
  /** Changes the session, as soon as nothing can refuse its run any more. */
  readonly change?: (store: SessionStore) => Promise<void>;
  /** The lock of `options.exclusiveFolder`, if the caller already holds it. */
  readonly exclusiveFolder?: ExclusiveFolder | undefined;
}

/**
 * Locks the folder that only one session may write to, if there is one. Throws `session_locked` when another session
 * has it.
 */
export async function lockFolderFor(options: RunOptions): Promise<ExclusiveFolder | undefined> {
  return options.exclusiveFolder === undefined
    ? undefined
    : lockFolder(configOf(options).workspace, options.exclusiveFolder);
}

/**
 * Takes the session's lock, opens its store and the workspace, and runs it. A session that cannot be written to ends as
 * interrupted, so that the caller always learns its id.
 */
export async function runLocked(asked: LockedRun): Promise<SessionOutcome> {
  // Saved with its first state of this run: `force` is given once for a pipeline, and then holds for each command after it.
  const run = { ...asked, session: withPipeline(asked.session, hashPipeline(asked.pipeline)) };
  const { session, sessions } = run;
  const control = run.options.control ?? new RunControl();
  using lock = lockSession(sessions.folderOf(session.id));
  using exclusiveFolder = run.exclusiveFolder ? undefined : await lockFolderFor(run.options);
  (run.exclusiveFolder ?? exclusiveFolder)?.name(session.id);
  try {
    return await runOpened(run, control, lock);
  } catch (error) {
    // Stopped while it waited for the workspace to be opened.
    const isStopped = control.stopping && error === control.drain.reason;
    if (!isStopped && classifyFailure(error) !== "write") throw error;
    if (!isStopped) stopForWrite(control, error);
    const reason = secretMask(process.env)(isStopped ? (control.cause?.message ?? "") : messageOf(error));
    const interrupted = withStatus(session, SessionStatus.interrupted, {
      now: new Date(systemClock.wallNow()),
      reason,
    });
    await sessions.save(interrupted).catch(() => {});
    return { session: interrupted, cause: control.cause };
  }
}

/** The event loop stands still for so long when another process has the workspace locked; those who wait try again. */
const BUSY_TIMEOUT_MS = 20;

/** Opens the workspace as soon as no other process has it locked. Nothing is under way yet. */
async function openWhenFree(folder: string, waits: WorkspaceWaits, onEvent: RunListener): Promise<Workspace> {
  let isWaiting = false;
  const onWait = (): void => {
    if (!isWaiting) onEvent({ kind: "notice", message: `Waiting for the workspace ${folder}, ${LOCKED}.` });
    isWaiting = true;
  };
  return whileBusy(() => openWorkspace(folder, { busyTimeoutMs: BUSY_TIMEOUT_MS }), { waits, onWait });
}

const LOCKED = "which another process has locked";

async function runOpened(
  { session, sessions, pipeline, options, modelInfo, prepare, change }: LockedRun,
  control: RunControl,
  lock: SessionLock,
): Promise<SessionOutcome> {
  const config = configOf(options);
  const folder = sessions.folderOf(session.id);
  const file = join(folder, "state.db");
  hasStore(file, session);
  await using store = openSessionStore(file);
  await makeFolder(config.workspace);
  const onEvent = options.onEvent ?? (() => {});
  const waits: WorkspaceWaits = { clock: systemClock, drain: control.drain };
  await using workspace = await openWhenFree(config.workspace, waits, onEvent);
  // A run that stopped for a full disk could not write that it did, and its items did not make it crash.
  if (!lock.wasCutOff) await store.endRun();
  const say = (message: string): void => onEvent({ kind: "engine", message });
  const identity = await establishIdentity(store, { folder, say });
  await prepare?.(store);

  if (lock.note !== undefined) onEvent({ kind: "notice", message: lock.note });
  using guard = guardRun({ session, store, control, options, onEvent });
  const mask = secretMask(process.env);
  const services: RunServices = {
    ...options.services,
    model: options.model ?? createExtractive(),
    modelInfo,
    ledger: workspace.ledger,
  };
  await using timeline = await LaneTimeline.open(join(folder, "lanes.json"), {
    intervalMs: config.projectionIntervalMs,
    onError: (error) => control.stop({ kind: "write", message: messageOf(error), error }),
  });
  const engine = options.engine ?? localEngine;
  using leases =
    options.useCache === false
      ? undefined
      : workspace.openLeases({
          owner: identity,
          onFault: (message) => onEvent({ kind: "notice", message }),
        });
  // Before the leases are given up.
  using patient = patientCache(workspace.cache, {
    now: () => systemClock.now(),
    startTimer,
    onFault: (message) => onEvent({ kind: "notice", message }),
  });
  const cache = options.useCache === false ? { ...patient, get: () => undefined } : patient;
  const { prices = {}, retry = {}, lanes = {}, stepTimeout, attemptTimeout, embeddingModel } = options;
  const timeouts = { stepTimeout, attemptTimeout };
  const inFlight = new InFlight({ control, clock: systemClock });
  const known = knownPrices([services.model, ...(embeddingModel ? [embeddingModel] : [])], prices);
  for (const note of known.notes) say(note);
  const dispatched: DispatchedRun = {
    sessionId: session.id,
    identity,
    pipeline,
    modelId: idOfModels(services.model, embeddingModel),
    facts: store,
    control,
    inFlight,
    settings: { retry, timeouts, lanes, prices: known.prices, maxOutputTokens: options.maxOutputTokens },
    answers: cache,
    leases,
    answerSetting: () => ({ pipeline: pipeline.name, model: services.model, embeddingModel }),
    count: (step, { end, usage }) => {
      limits.stepEnded(step, { failed: end.kind === "failed" });
      if (usage) limits.spend(spentIn(usage));
    },
    say,
  };
  const { reclaimFrom } = options;
  await using dispatcher = await openDispatcher(dispatched, { engine, ...(reclaimFrom && { reclaimFrom }) });
  await change?.(store);
  const share = dispatcher && { share: dispatcher.shareLane.bind(dispatcher) };
  const laneOf = openLanes({
    lanes,
    onEvent: options.onEvent,
    control,
    model: services.model,
    embeddingModel,
    timeline,
    mask,
    ...share,
  });
  const phases = pipeline.phases.map(({ name }) => name);
  const limits = guardLimits(options, { sessionId: session.id, phases, store, control });
  await using _watch = await watchSession({
    folder,
    control,
    inFlight,
    say: (message) => onEvent({ kind: "engine", message }),
  });
  using _deadline = watchDeadline(options.limits ?? {}, { sessionId: session.id, control, clock: systemClock });
  const metering = openMetering({
    model: services.model,
    laneOf,
    prices: known.prices,
    budget: limits,
    maxOutputTokens: options.maxOutputTokens,
    contextTokens: modelInfo.contextTokens,
    say,
  });
  const embedding = embeddingModel && {
    model: embeddingModel,
    metering: {
      lane: laneOf("embedding"),
      price: known.prices[embeddingModel.id],
      estimator: new TokenEstimator(),
      budget: limits,
    },
  };
  const deps = {
    sessionId: session.id,
    identity,
    pipeline: pipeline.name,
    services,
    cache,
    leases,
    control,
    clock: systemClock,
    waits,
    random: Math.random,
    retry,
    timeouts,
    inFlight,
    mask,
    laneOf,
    metering,
    embedding,
    limits,
    running: guard.running,
  };
  const { window, projectionIntervalMs } = config;
  const recordEnd = await recordRun(store, {
    model: services.model.id,
    clock: systemClock,
    spent: () => usageOf(store, phases),
  });
  const outcome = await runSession({
    session: { ...session, debug: config.debug || session.debug },
    pipeline,
    sessions,
    store,
    engine,
    dispatcher,
    deps,
    window,
    projectionIntervalMs,
    onEvent,
  });
  await recordEnd();
  return outcome;
}
