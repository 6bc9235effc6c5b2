import type { JsonValue } from "../../../core/base/index.ts";
import { StepError, type Mask } from "../../../core/failure/index.ts";
import {
  cancelledByUser,
  type InFlight,
  type RunControl,
  type StepRun,
  type StepRunner,
} from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import type { ContentBox } from "../queue/content-box.ts";
import { refusalOf } from "../queue/refusal.ts";
import type { JobData, JobResult, StepReport, Trial } from "../queue/job.ts";
import type { WriteCheckpoint } from "./checkpoints.ts";
import { suspectNote, type CallNotes, type SuspectNote } from "./suspect-note.ts";
import { toReport } from "./step-report.ts";

/** What a worker needs to do the steps of one session's run. */
export interface JobDeps {
  /** The runner of a step, by phase and name; `undefined` for a step that the loaded pipeline does not have. */
  readonly runnerOf: (phase: string, step: string) => StepRunner | undefined;
  readonly control: RunControl;
  /** The steps at work, and the items that their user cancelled. */
  readonly inFlight: InFlight;
  /** Where the runners find the notes of suspects. */
  readonly callNotes: CallNotes;
  /** Masks secrets in reports. */
  readonly mask: Mask;
}

/** How a job is being done. */
export interface JobHold {
  /** How often workers have lost the job: they died, or were away for longer than their lock lasts. */
  readonly lost: number;
  readonly checkpoint: WriteCheckpoint;
  /** Does work with nothing else beside it in this process. `undefined` when that cannot be now. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  readonly box: ContentBox;
  /** Why the job was lost so often, as a sentence. */
  readonly reasonOfLoss: (losses: number) => Promise<string>;
  /** Whether this worker should stop after the current step: it leaves, or the job's owner is gone. */
  readonly isLeaving: () => boolean;
}

/**
 * A job that was lost this often without a finished step may be what kills its workers, or may only have run next to it. It
 * goes back to its owner, which posts it again for a trial when its other jobs are done.
 */
const SUSPECT_AFTER = 2;

/** So many deaths of workers in a trial prove that it is the cause: one alone may come from outside, and hits innocents too. */
const DEATHS_ALONE = 3;

/** BullMQ gives a job up that was lost often, whatever it was at: one that waited for its lane each time is posted anew before. */
const MOST_LOSSES = 10;

/** What came of doing one more step of a job: it goes on with that data, or has ended. `undefined`: it is put down. */
type Advance = { readonly data: JobData } | { readonly result: JobResult } | undefined;

/**
 * Does the steps of a job that are not done yet, and writes a checkpoint after each. `undefined` when it was released
 * before its end.
 */
export async function doJob(given: JobData, deps: JobDeps, hold: JobHold): Promise<JobResult | undefined> {
  let data = given;
  for (;;) {
    const step = data.steps[data.done.length];
    if (step === undefined) return { version: 1, done: data.done };
    if (data !== given && hold.isLeaving()) return undefined;
    const after = await advance(step, data, { deps, hold });
    if (after === undefined || "result" in after) return after?.result;
    ({ data } = after);
  }
}

interface Doing {
  readonly deps: JobDeps;
  readonly hold: JobHold;
}

async function advance(step: string, data: JobData, { deps, hold }: Doing): Promise<Advance> {
  if (deps.inFlight.isCancelled(data)) return endedBy(data, failedReport(step, cancelledByUser()));
  if (data.trial) return tryAlone(step, { ...data, trial: data.trial }, { deps, hold });
  if (hold.lost - data.lostBefore >= SUSPECT_AFTER) return handedBack(data, 0);
  const report = await doStep(step, data, { deps, hold });
  if (report?.end.kind === "done" && data.done.length + 1 < data.steps.length) return keep(report, data, hold);
  return report && endedBy(data, report);
}

async function tryAlone(
  step: string,
  data: JobData & { readonly trial: Trial },
  { deps, hold }: Doing,
): Promise<Advance> {
  const { underWayAt = hold.lost } = data.trial;
  const deaths = data.trial.deaths + (hold.lost > underWayAt ? 1 : 0);
  if (deaths >= DEATHS_ALONE) {
    return endedBy(data, failedReport(step, new StepError("poison", await hold.reasonOfLoss(deaths))));
  }
  if (hold.lost - data.lostBefore >= MOST_LOSSES) return handedBack(data, deaths);
  return hold.alone(async () => {
    if (hold.isLeaving()) return undefined;
    const report = await doNoted(step, data, { deps, hold, deaths });
    if (report?.end.kind !== "done") return report && endedBy(data, report);
    const isLast = data.done.length + 1 === data.steps.length;
    // Also after the last step: as soon as anything is beside it again, a death says nothing.
    return keep(report, data, hold).catch((error: unknown) => {
      if (!isLast) throw error;
      return endedBy(data, report);
    });
  });
}

const endedBy = ({ done }: JobData, report: StepReport): Advance => ({
  result: { version: 1, done: [...done, report] },
});

const handedBack = ({ done }: JobData, deaths: number): Advance => ({
  result: { version: 1, done, suspect: { deaths } },
});

/** Writes the checkpoint after a step that is done. */
async function keep(report: StepReport, before: JobData, hold: JobHold): Promise<Advance> {
  const { trial: _, ...rest } = before;
  const { reviewReason } = report.end.kind === "done" ? report.end : {};
  const data: JobData = {
    ...rest,
    done: [...before.done, report],
    lostBefore: hold.lost,
    ...(reviewReason !== undefined && { reviewReason }),
  };
  const problem = await checkpointed(data, hold, isOnlyLonger(before, data) ? report : undefined);
  return problem ? endedBy(before, failedReport(report.step, problem, report)) : { data };
}

/** Whether the checkpoint has one more report, and is the same in all else. */
const isOnlyLonger = (before: JobData, after: JobData): boolean =>
  before.trial === undefined && before.lostBefore === after.lostBefore && before.reviewReason === after.reviewReason;

/**
 * Writes the checkpoint, or returns why it never can be: the database refuses it. Then the step has failed, since a job
 * that was given up would be begun again, and pay again.
 */
async function checkpointed(
  data: JobData,
  { checkpoint }: JobHold,
  added: StepReport | undefined,
): Promise<StepError | undefined> {
  try {
    await checkpoint(data, added);
    return undefined;
  } catch (error) {
    if (error instanceof StepError) return error;
    const reason = refusalOf(error);
    if (reason === undefined) throw error;
    return new StepError("input", `The queue's database refuses the output: ${reason}.`, { cause: error });
  }
}

/** Does a step, and keeps in its job whether it is under way. */
async function doNoted(
  step: string,
  data: JobData,
  { deps, hold, deaths }: Doing & { readonly deaths: number },
): Promise<StepReport | undefined> {
  const { lost, checkpoint } = hold;
  const note = suspectNote(data, { deaths, lost, checkpoint });
  // What comes before the call, and after it, may be what kills the worker: large contents are read and written then.
  await note.begins();
  try {
    const report = await deps.callNotes.during(data, note.calls, () => doStep(step, data, { deps, hold, note }));
    if (note.failure && report?.end.kind !== "done") throw note.failure.error;
    return report;
  } finally {
    // A call that a step lets run on must not write over the checkpoint that follows.
    await note.close();
  }
}

async function doStep(
  step: string,
  data: JobData,
  { deps, hold: { box }, note }: Doing & { readonly note?: SuspectNote },
): Promise<StepReport | undefined> {
  const runner = deps.runnerOf(data.phase, step);
  if (!runner)
    return failedReport(
      step,
      new StepError("bug", `The worker's pipeline has no step "${step}" in phase "${data.phase}".`),
    );
  let run: StepRun | undefined;
  try {
    const last = data.done.at(-1)?.end;
    const { content } = await box.unpack(last?.kind === "done" ? last.output : data.content);
    await note?.calls.ends();
    run = await runner(content, itemOf(data, content));
    // An answer that is there is not lost for want of a note.
    await note?.begins().catch(() => {});
    return (await toReport(step, run, { box, mask: deps.mask })) ?? stopped(step, run, deps);
  } catch (error) {
    if (error instanceof StepError) return failedReport(step, error, run);
    throw error;
  }
}

function itemOf(
  { phase, itemId, sourcePath, generation, keyGeneration, reviewReason }: JobData,
  content: JsonValue,
): PendingItem {
  return {
    phase,
    itemId,
    sourcePath,
    content,
    nextStep: 0,
    generation,
    keyGeneration,
    // The owner handles cached answers: it has checked them before.
    force: true,
    depth: 0,
    collected: false,
    reviewReason,
  };
}

/** A step that was released because no item can succeed; `undefined` when it was released because the worker stops. */
function stopped(
  step: string,
  { attempts, durationMs }: StepRun,
  { control: { cause }, mask }: JobDeps,
): StepReport | undefined {
  if (cause?.kind !== "unusable") return undefined;
  return { step, end: { kind: "stopped", failure: cause.failure, message: mask(cause.message) }, attempts, durationMs };
}

/** The report on a step that failed outside of its own code; what its calls have cost is kept. */
export function failedReport(
  step: string,
  error: StepError,
  run?: Pick<StepReport, "attempts" | "durationMs" | "usage">,
): StepReport {
  const { name, message, kind } = error;
  return {
    step,
    end: { kind: "failed", failure: kind, error: { name, message, kind, causes: [] }, attempts: [] },
    attempts: run?.attempts ?? 0,
    durationMs: run?.durationMs ?? 0,
    ...(run?.usage && { usage: run.usage }),
  };
}
