import { existsSync } from "node:fs";
import type { JsonValue } from "../core/base/index.ts";
import { HoldfastError, messageOf, secretMask } from "../core/failure/index.ts";
import { removeStaleTemps } from "../core/files/index.ts";
import type { ModelInfo } from "../core/model/index.ts";
import {
  assertTimeout,
  hashPipeline,
  runnableSteps,
  type AnyPipeline,
  type SourceInput,
} from "../core/pipeline/index.ts";
import type { SessionOutcome } from "../core/runner/index.ts";
import {
  knowsPipeline,
  PhaseManager,
  readAgain,
  SessionManager,
  stepsFact,
  writeInputs,
  type Session,
} from "../core/session/index.ts";
import type { RefusedItem, ReopenQuery, SessionStore } from "../core/storage/index.ts";
import { buildRetryOptions } from "../retry/index.ts";
import { lockFolderFor, configOf, runLocked, type LockedRun } from "./open-run.ts";
import { assertLimits, idleLimits } from "./limits.ts";
import type { RunOptions } from "./run-options.ts";
import { notify, watchRun, type WatchedRun } from "./watched-run.ts";

/** The options of a new session. */
export interface NewRunOptions extends RunOptions {
  /** The file that holds the pipeline, as an absolute path, so that the session can be resumed with its id alone. */
  readonly pipelinePath?: string;
  /** Stored in the session, to create the pipeline again when it is resumed. */
  readonly sessionOptions?: JsonValue;
  /** Called with the new session before its first item. */
  readonly onSession?: (session: Session) => void;
}

/** The options for going on with a session. */
export interface ResumeOptions extends RunOptions {
  /**
   * Goes on although the pipeline has changed since the session started; it then goes on with that one without being forced
   * again. @default false
   */
  readonly force?: boolean;
}

/**
 * Runs a pipeline in a new session. Resolves when it has ended or was stopped; failed items are counted, not thrown.
 * Throws a `HoldfastError` when it could not start: input, output or the model cannot be used.
 *
 * @example
 * ```ts
 * import { runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const pipeline = importPipeline({ export: "examples/chatgpt-export", out: "notes" });
 * const run = runPipeline(pipeline, { limits: { maxConsecutiveFailures: 5 } });
 * let ended = 0;
 * for await (const event of run) if (event.kind === "item") ended += 1;
 * const { session, cause } = await run;
 * console.log(session.status, session.counts.completed, ended, cause);
 * // prints: completed 4 4 undefined
 * ```
 */
export function runPipeline(pipeline: AnyPipeline, options: NewRunOptions = {}): WatchedRun {
  return watchRun(options, (watched, begin) => startSession(pipeline, watched, begin));
}

async function startSession(pipeline: AnyPipeline, options: NewRunOptions, begin: () => void): Promise<SessionOutcome> {
  await using _ = closing(options);
  const { inputs, modelInfo } = await checkPipeline(pipeline, options);
  const config = configOf(options);
  const sessions = new SessionManager(config.workspace);
  // Before a session is created, so that a refused run leaves none behind.
  using exclusiveFolder = await lockFolderFor(options);
  begin();
  const session = await sessions.create({
    pipeline: { name: pipeline.name, path: options.pipelinePath ?? null, hash: hashPipeline(pipeline) },
    phases: pipeline.phases.map(({ name }) => name),
    options: options.sessionOptions ?? {},
    debug: config.debug,
  });
  notify("onSession", options.onSession, session);
  const folders = new PhaseManager(sessions.folderOf(session.id));
  const prepare = async (): Promise<void> => {
    for (const [phase, read] of inputs) await writeInputs(folders.foldersOf(phase), read);
  };
  return await runLocked({ session, sessions, pipeline, options, modelInfo, prepare, exclusiveFolder });
}

/**
 * Goes on with a session where it stopped: finished work stays done, what was in flight is done again.
 *
 * @example
 * ```ts
 * import { resumeSession, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const pipeline = importPipeline({ export: "examples/chatgpt-export", out: "notes" });
 * const shutdown = new AbortController();
 * const onEvent = () => shutdown.abort(new Error("the machine goes down"));
 * const { session } = await runPipeline(pipeline, { signal: shutdown.signal, onEvent });
 * const resumed = await resumeSession(session.id, pipeline);
 * console.log(session.status, resumed.session.status, resumed.session.counts.completed);
 * // prints: interrupted completed 4
 * ```
 */
export function resumeSession(id: string, pipeline: AnyPipeline, options: ResumeOptions = {}): WatchedRun {
  return watchRun(options, (watched, begin) => goOn(id, pipeline, watched, begin));
}

async function goOn(
  id: string,
  pipeline: AnyPipeline,
  options: ResumeOptions,
  begin: () => void,
): Promise<SessionOutcome> {
  await using _ = closing(options);
  const { sessions, session, modelInfo } = await openSession(id, pipeline, options);
  begin();
  const prepare = async (store: SessionStore): Promise<void> => {
    await removeRemains({ session, sessions, pipeline, options });
    assertCanTakeOver(session, pipeline, store);
  };
  const change = (store: SessionStore): Promise<void> => takeOver(session, pipeline, store);
  return await runLocked({ session, sessions, pipeline, options, modelInfo, prepare, change });
}

/**
 * Retries the failed items of a session, or the items of `query`. Downstream work is done again too: collecting
 * parents, and later phases where their input changed.
 *
 * @example
 * ```ts
 * import { definePipeline, retryFailed, runPipeline, StepError } from "holdfast";
 * import { readJsonl } from "holdfast/sources";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * let hasAccess = false;
 * const pipeline = definePipeline("docs").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl"))
 *     .step("look_up", (doc) => {
 *       if (!hasAccess) throw new StepError("input", "No access to this document.");
 *       return JSON.stringify(doc);
 *     })
 *     .load(writeMarkdown("notes", (body) => ({ title: "A document", body }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * hasAccess = true;
 * const { session: retried, reopened } = await retryFailed(session.id, pipeline, { query: { kinds: ["input"] } });
 * console.log(session.counts.failed, reopened, retried.counts.completed);
 * // prints: 3 3 3
 * ```
 */
export function retryFailed(
  id: string,
  pipeline: AnyPipeline,
  options: RetryFailedOptions = {},
): WatchedRun<RetriedOutcome> {
  return watchRun(options, (watched, begin) => tryAgain(id, pipeline, watched, begin));
}

/** Which items to retry, and how to go on. */
export interface RetryFailedOptions extends ResumeOptions {
  /** @default all failed items */
  readonly query?: ReopenQuery;
}

/** The outcome of a retry. */
export interface RetriedOutcome extends SessionOutcome {
  /** Items that were made pending again. */
  readonly reopened: number;
  /** Items that were left as they are, since they have no place in a pipeline that has changed. */
  readonly refused: readonly RefusedItem[];
}

async function tryAgain(
  id: string,
  pipeline: AnyPipeline,
  { query = {}, ...options }: RetryFailedOptions,
  begin: () => void,
): Promise<RetriedOutcome> {
  await using _ = closing(options);
  const { sessions, session, modelInfo } = await openSession(id, pipeline, options);
  begin();
  let reopened = 0;
  let refused: readonly RefusedItem[] = [];
  const layouts = new Map(pipeline.phases.map((phase) => [phase.name, runnableSteps(phase)]));
  const outcome = await runLocked({
    session,
    sessions,
    pipeline,
    options,
    modelInfo,
    prepare: async (store) => {
      await removeRemains({ session, sessions, pipeline, options });
      const plan = store.planReopening(query, layouts);
      if (plan.count === 0 && plan.refused.length > 0) throw noneCanGoOn(plan.refused);
      refused = plan.refused;
      assertCanTakeOver(session, pipeline, store);
    },
    change: async (store) => {
      await takeOver(session, pipeline, store);
      reopened = await store.reopen(query, layouts);
      if (reopened > 0) options.onEvent?.({ kind: "reopened", count: reopened });
      // Later phases may process what the earlier ones are about to write again.
      for (const { name } of reopened === 0 ? [] : pipeline.phases.slice(1)) await readAgain(store, name);
    },
  });
  return { ...outcome, reopened, refused };
}

function noneCanGoOn(refused: readonly RefusedItem[]): HoldfastError {
  const [{ itemId, reason } = { itemId: "", reason: "" }] = refused;
  const message =
    refused.length === 1
      ? `Item ${itemId} cannot be tried again with the changed pipeline: ${reason}.`
      : `None of the ${refused.length} items can be tried again with the changed pipeline. The first is ${itemId}: ${reason}.`;
  return new HoldfastError("pipeline_changed", message, {
    hint: "Nothing was changed. Give the steps their names and their order back and try again, or start a new session.",
  });
}

/** Removes files of interrupted writes. Failed items' folders are tidied when they are written to. */
async function removeRemains({
  session,
  sessions,
  pipeline,
}: Omit<LockedRun, "prepare" | "modelInfo" | "exclusiveFolder">): Promise<void> {
  const sessionFolder = sessions.folderOf(session.id);
  const phases = pipeline.phases.map(({ name }) => new PhaseManager(sessionFolder).foldersOf(name));
  const folders = phases.flatMap(({ root, extractInput, extractOutput }) => [root, extractInput, extractOutput]);
  for (const folder of [sessionFolder, ...folders].filter((path) => existsSync(path))) await removeStaleTemps(folder);
}

/** Maps the session's finished steps to a pipeline that has changed since they were recorded. */
async function takeOver(session: Session, pipeline: AnyPipeline, store: SessionStore): Promise<void> {
  for (const { name, steps } of changedPhases(session, pipeline, store)) await store.renumberSteps(name, steps);
}

function assertCanTakeOver(session: Session, pipeline: AnyPipeline, store: SessionStore): void {
  for (const { name, steps } of changedPhases(session, pipeline, store)) store.assertCanRenumber(name, steps);
}

/** The phases whose steps are others than those that the session has recorded. */
function changedPhases(
  session: Session,
  pipeline: AnyPipeline,
  store: SessionStore,
): readonly { readonly name: string; readonly steps: readonly string[] }[] {
  const isChanged = session.pipeline.hash !== hashPipeline(pipeline);
  return pipeline.phases
    .map((phase) => ({ name: phase.name, steps: runnableSteps(phase).map(({ name }) => name) }))
    .filter(({ name, steps }) => {
      // Not by the hash alone: the session may have gone on with other steps, and now with those that it began with.
      const recorded = store.getFact(stepsFact(name));
      return recorded === undefined ? isChanged : recorded !== JSON.stringify(steps);
    });
}

async function openSession(
  id: string,
  pipeline: AnyPipeline,
  options: ResumeOptions,
): Promise<{ readonly sessions: SessionManager; readonly session: Session; readonly modelInfo: ModelInfo }> {
  const sessions = new SessionManager(configOf(options).workspace);
  const session = await sessions.load(id);
  if (!knowsPipeline(session, hashPipeline(pipeline)) && !options.force) {
    throw new HoldfastError(
      "pipeline_changed",
      `Session ${id} started with different steps than pipeline "${pipeline.name}" has now.`,
      {
        hint: { kind: "force_resume", sessionId: id },
      },
    );
  }
  assertLimits(options);
  assertEngine(options);
  const gone = session.phases.filter(({ name }) => !pipeline.phases.some((phase) => phase.name === name));
  if (gone.length > 0) {
    const names = gone.map(({ name }) => `"${name}"`).join(", ");
    throw new HoldfastError("pipeline_changed", `Session ${id} has phase ${names}, which the pipeline no longer has.`, {
      hint: "Nothing was changed. Resume with the pipeline that the session started with, or start a new session.",
    });
  }
  assertRetries(pipeline, options);
  const modelInfo = await checkModel(options);
  for (const { sink } of pipeline.phases) await sink.check();
  return { sessions, session, modelInfo };
}

/** Checks everything a run needs before a session is created for it. */
async function checkPipeline(
  pipeline: AnyPipeline,
  options: RunOptions,
): Promise<{
  readonly inputs: readonly (readonly [phase: string, inputs: readonly SourceInput[]])[];
  readonly modelInfo: ModelInfo;
}> {
  assertLimits(options);
  assertEngine(options);
  const signal = options.control?.drain ?? new AbortController().signal;
  assertRetries(pipeline, options);
  await options.engine?.check?.();
  const [first] = pipeline.phases;
  // A later phase may read what an earlier one writes, so its source is only checked just before it starts.
  const inputs: (readonly [string, readonly SourceInput[]])[] = first
    ? [[first.name, await first.source.check({ signal })]]
    : [];
  for (const { sink } of pipeline.phases) await sink.check();
  return { inputs, modelInfo: await checkModel(options) };
}

/** Throws a usage error for an invalid retry config or limit of time, before anything is started. */
function assertRetries(pipeline: AnyPipeline, { retry, stepTimeout, attemptTimeout }: RunOptions): void {
  assertTimeout("the run", "stepTimeout", stepTimeout, "usage");
  assertTimeout("the run", "attemptTimeout", attemptTimeout, "usage");
  for (const { sink } of pipeline.phases) {
    const where = `step ${JSON.stringify(sink.name)}`;
    assertTimeout(where, "timeout", sink.timeout);
    assertTimeout(where, "attemptTimeout", sink.attemptTimeout);
  }
  for (const step of pipeline.phases.flatMap(({ steps }) => steps)) {
    try {
      buildRetryOptions({ ...retry, ...step.retry });
    } catch (cause) {
      throw new HoldfastError("usage", `Step "${step.name}" has an invalid retry config: ${messageOf(cause)}.`, {
        cause,
      });
    }
  }
}

/** Throws a usage error for an engine that nothing of Holdfast made: its methods are not in the public types. */
function assertEngine({ engine }: RunOptions): void {
  if (engine === undefined || typeof engine.run === "function") return;
  throw new HoldfastError("usage", "Expected `engine` to be one that `createBullmqEngine` made.");
}

/** Throws when the model cannot be used; otherwise reports its remarks. */
async function checkModel(options: RunOptions): Promise<ModelInfo> {
  const { model, embeddingModel, control, onEvent } = options;
  const info = (await model?.check(control?.drain)) ?? { notes: [] };
  const vectors = (await embeddingModel?.check(control?.drain)) ?? { notes: [] };
  for (const note of [...info.notes, ...vectors.notes, ...idleLimits(options)]) onEvent?.({ kind: "model", note });
  return info;
}

/** Releases what the model holds, however the run ends. */
const closing = ({ model, embeddingModel }: RunOptions): AsyncDisposable => ({
  [Symbol.asyncDispose]: async () => {
    for (const open of [model, embeddingModel]) {
      try {
        await open?.close?.();
      } catch (error) {
        // How the run ended is what its caller has to learn.
        const message = `The model could not be closed: ${secretMask(process.env)(messageOf(error))}. The run is not changed by it.`;
        process.emitWarning(message, { type: "HoldfastWarning", code: "HOLDFAST_MODEL_CLOSE" });
      }
    }
  },
});
