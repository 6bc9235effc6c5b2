import { randomUUID } from "node:crypto";
import type { Duration } from "../../../retry/index.ts";
import { systemClock, type JsonValue } from "../../../core/base/index.ts";
import { StepError } from "../../../core/failure/index.ts";
import {
  cancelledRun,
  withoutCall,
  type DispatchedRun,
  type Dispatcher,
  type PlannedStep,
  type Seat,
  type StepRun,
} from "../../../core/runner/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";
import { answeredOnce, cacheAnswer } from "./cached-answers.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { contentBox, keysOf } from "../queue/content-box.ts";
import type { Claim } from "./claim-session.ts";
import type { Jobs } from "./job-board.ts";
import { jobWaits } from "./job-waits.ts";
import type { LostJob } from "./lost-job.ts";
import { JOB_FORMAT, jobIdOf, type ContentText, type JobData, type StepReport, type Trial } from "../queue/job.ts";
import { shareLane } from "../permits/lane-gate.ts";
import { fromInlineReport, fromReport } from "../worker/step-report.ts";
import { contentsOf, nameOf, problemOf } from "./read-reports.ts";
import { stepsWhileClaimed } from "./steps-while-claimed.ts";
import { stepRangesOf, type StepRange } from "./step-ranges.ts";

export interface DispatcherOptions {
  readonly board: Jobs;
  readonly state: SharedState;
  readonly epoch: number;
  /** When it is lost, another process has the session's jobs: this one waits for none of them, and begins no step. */
  readonly claim: Pick<Claim, "isFresh" | "isStillHeld" | "lost">;
  /** Closes the dispatcher's resources at the end. */
  readonly close: () => Promise<void>;
}

/** Where in its phase an item's job is asked for. */
interface Asked {
  readonly item: PendingItem;
  /** Index of the first step of the range that workers do. */
  readonly range: number;
  /** The steps of the range before those that are asked for. */
  readonly before: readonly string[];
  /** Whether it is asked for the second time. */
  readonly isAgain?: boolean;
}

/** An item's job whose reports wait to be recorded, one by one. */
interface Waiting {
  readonly jobId: string;
  readonly reports: StepReport[];
  readonly keys: readonly string[];
  /** The item goes on with a trial. */
  readonly suspect?: Suspect["trial"] | undefined;
}

/** An item whose job workers handed back, since it may be what kills them. */
interface Suspect {
  readonly trial: Trial;
  /** What is kept beside its job. */
  readonly keys: readonly string[];
}

/**
 * Dispatches the steps of a session to workers: consecutive steps of an item are one job, and the worker's reports are
 * recorded here, as if each step had run in this process.
 */
export function makeDispatcher(
  run: DispatchedRun,
  { board, state, epoch, claim, close }: DispatcherOptions,
): Dispatcher {
  const runId = randomUUID();
  const closing = new AbortController();
  const waitFor = jobWaits({ board, state, control: run.control, lost: claim.lost, closing: closing.signal });
  const here = stepsWhileClaimed(claim, run.control);
  const settings = settingsOf(run);
  /** By phase and item. */
  const waiting = new Map<string, Waiting>();
  /** Those that wait for their trial, by phase and item, and those that have come to it. */
  const suspects = new Map<string, Map<string, Suspect>>();
  const onTrial = new Map<string, Suspect>();
  const keyOf = (phase: string, itemId: string): string => `${phase}\n${itemId}`;

  function remote(
    phase: string,
    index: number,
    { local, range }: { readonly local: readonly PlannedStep[]; readonly range: StepRange },
  ): PlannedStep {
    const { step, run: runHere } = local[index] ?? missingStep(index);
    const next = (itemId: string): StepReport | undefined => waiting.get(keyOf(phase, itemId))?.reports[0];
    return {
      step,
      isDoneFor: (itemId) => next(itemId) !== undefined,
      async run(content, item) {
        if (!next(item.itemId) && !waiting.get(keyOf(phase, item.itemId))?.suspect) {
          const names = local.slice(index, range.end).map(({ step: { name } }) => name);
          const before = local.slice(range.start, index).map(({ step: { name } }) => name);
          const asked = await ask(names, content, { item, range: range.start, before });
          if (asked === "released") return RELEASED;
          if (asked === "cancelled") return cancelledRun();
          if (asked === "absent") return here(runHere)(content, item);
          waiting.set(keyOf(phase, item.itemId), asked);
        }
        const found = waiting.get(keyOf(phase, item.itemId));
        const report = found?.reports.shift();
        if (found?.suspect && !report) return RELEASED;
        if (!found || !report) throw new StepError("bug", `No worker reported on step "${step.name}".`);
        return record(report, content, { found, step });
      },
    };
  }

  async function record(
    report: StepReport,
    content: JsonValue,
    { found, step }: { readonly found: Waiting; readonly step: PlannedStep["step"] },
  ): Promise<StepRun> {
    if (report.end.kind === "stopped") {
      const { failure, message } = report.end;
      run.control.stop({ kind: "unusable", failure, message });
      return RELEASED;
    }
    const stepRun = await readReport(report, found.jobId);
    run.count(step.name, stepRun);
    cacheAnswer(step, content, stepRun.end, run);
    return stepRun;
  }

  async function readReport(report: StepReport, jobId: string): Promise<StepRun> {
    try {
      return fromInlineReport(report) ?? (await fromReport(report, contentBox(jobId, state)));
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      const { attempts, durationMs, usage } = report;
      run.say(`The result in the queue cannot be used: ${error.message}`);
      return { end: { kind: "failed", failure: error.kind, error, failedAttempts: [] }, attempts, durationMs, usage };
    }
  }

  async function ask(
    steps: readonly string[],
    content: JsonValue,
    { item, range, before, isAgain = false }: Asked,
  ): Promise<Waiting | "absent" | "cancelled" | "released"> {
    if (run.control.stopping) return "released";
    const { phase, itemId, sourcePath, generation, keyGeneration, reviewReason } = item;
    const jobId = jobIdOf({ identity: run.identity, phase, itemId, generation, epoch, range });
    const [first = ""] = steps;
    let packed: ContentText;
    try {
      packed = await contentBox(jobId, state).pack(JSON.stringify(content));
    } catch (error) {
      return failedHere(jobId, first, { error });
    }
    const suspect = onTrial.get(keyOf(phase, itemId));
    // Until now it was kept for a process that goes on after this one.
    if (suspect) await board.remove(jobId);
    // A large content takes its time, and what is posted now may be begun.
    if (run.control.stopping) return "released";
    const data: JobData = {
      version: JOB_FORMAT,
      sessionId: run.sessionId,
      identity: run.identity,
      runId,
      phase,
      itemId,
      sourcePath,
      generation,
      ...(keyGeneration !== undefined && { keyGeneration }),
      ...(reviewReason !== undefined && { reviewReason }),
      steps: [...steps],
      content: packed,
      done: [],
      lostBefore: 0,
      ...(suspect && { trial: suspect.trial }),
      settings,
    };
    const wait = waitFor(jobId);
    const seat: Seat = {
      slot: -1,
      item,
      step: first,
      startedAtMs: systemClock.now(),
      attempt: 0,
      waitsFor: "a worker",
      abort: () => wait.cancel(),
    };
    run.inFlight.enter(seat);
    let end: Awaited<ReturnType<typeof wait.until>>;
    try {
      end = await wait.until(board.post(jobId, data));
    } finally {
      run.inFlight.leave(seat);
    }
    const keys = [...keysOf([packed]), ...(suspect?.keys ?? [])];
    if (end === "released") return end;
    if (end === "cancelled") {
      if (keys.length > 0) void state.remove(keys).catch(() => {});
      return end;
    }
    if (end.kind === "absent") return "absent";
    if (end.kind === "lost") return lostAt(end, steps, { jobId, itemId, keys });
    if (end.kind === "refused") return failedHere(jobId, first, { error: refused(end.reason), keys });
    if (end.kind === "unreadable") return unreadable(data, end.reason, { jobId, keys });
    const { done, suspect: isSuspect } = end.result;
    onTrial.delete(keyOf(phase, itemId));
    // A job that was begun in an earlier run may report on steps that are recorded already.
    const from = done.findIndex(({ step }) => step === first);
    const allKeys = [...keys, ...keysOf(done.flatMap(contentsOf))];
    if (from === -1 && !isSuspect && done.every(({ step }) => before.includes(step))) {
      // Or only on those, when it was begun for another step or its worker died: then it is begun again.
      if (run.control.stopping) return "released";
      if (isAgain) return unreadable(data, `it does not report on ${nameOf(first)}`, { jobId, keys: allKeys });
      await Promise.all([board.remove(jobId), state.remove(allKeys).catch(() => {})]);
      return ask(steps, content, { item, range, before, isAgain: true });
    }
    const isRecorded = from === -1 && done.every(({ step }) => before.includes(step));
    const reports = isRecorded ? [] : done.slice(Math.max(0, from));
    const problem = problemOf(reports, steps);
    if (problem !== undefined) return unreadable(data, problem, { jobId, keys: allKeys });
    return { jobId, reports, keys: allKeys, suspect: isSuspect };
  }

  /** What workers finished of a job that the queue gave up is recorded; the item fails at the step after that. */
  function lostAt(
    { reason, done, problem: unread }: LostJob,
    steps: readonly string[],
    { jobId, itemId, keys }: { readonly jobId: string; readonly itemId: string; readonly keys: readonly string[] },
  ): Waiting {
    const from = done.findIndex(({ step }) => step === steps[0]);
    const reports = from === -1 ? [] : done.slice(from);
    const problem = unread ?? problemOf(reports, steps);
    if (problem !== undefined) {
      const name = JSON.stringify(itemId);
      run.say(`What workers did of item ${name} cannot be used: ${problem}. A retry does it again.`);
    }
    const kept = problem === undefined ? reports : [];
    const allKeys = [...keys, ...keysOf(kept.flatMap(contentsOf))];
    const next = steps[kept.length];
    if (next === undefined || (kept.at(-1)?.end.kind ?? "done") !== "done")
      return { jobId, reports: [...kept], keys: allKeys };
    const failed = failedHere(jobId, next, { error: new StepError("poison", lostMessage(reason)) });
    return { jobId, reports: [...kept, ...failed.reports], keys: allKeys };
  }

  /** Whoever reaches the database can write results, so the session says which one it did not take, and why. */
  function unreadable(
    { itemId, steps: [first = ""] }: JobData,
    reason: string,
    { jobId, keys }: { readonly jobId: string; readonly keys: readonly string[] },
  ): Waiting {
    const message = `The result in the queue cannot be used: ${reason}.`;
    run.say(`${message} Item ${JSON.stringify(itemId)} fails; a retry does it again.`);
    return failedHere(jobId, first, { error: new StepError("transient", message), keys });
  }

  return {
    stepsOf(phase, local) {
      const ranges = stepRangesOf(local.map(({ step }) => step));
      return local.map((planned, index) => {
        const range = ranges[index];
        if (range) return answeredOnce(remote(phase, index, { local, range }), run);
        return { ...planned, run: here(planned.run) };
      });
    },
    shareLane: (lane, limits) => shareLane(lane, { state, limits, drain: run.control.drain, random: Math.random }),
    left(phase, itemId) {
      const found = waiting.get(keyOf(phase, itemId));
      waiting.delete(keyOf(phase, itemId));
      // A resume will ask for reports that were not recorded.
      if (!found || found.reports.length > 0) return;
      const { suspect: trial, keys } = found;
      if (trial) return void suspectsIn(phase).set(itemId, { trial, keys });
      void board.remove(found.jobId);
      if (found.keys.length > 0) void state.remove(found.keys).catch(() => {});
    },
    takeSuspects(phase) {
      const found = [...suspectsIn(phase)];
      suspects.delete(phase);
      for (const [itemId, suspect] of found) onTrial.set(keyOf(phase, itemId), suspect);
      return found.toSorted(([, a], [, b]) => a.trial.deaths - b.trial.deaths).map(([itemId]) => itemId);
    },
    [Symbol.asyncDispose]() {
      closing.abort();
      return close();
    },
  };

  function suspectsIn(phase: string): Map<string, Suspect> {
    const known = suspects.get(phase) ?? new Map<string, Suspect>();
    suspects.set(phase, known);
    return known;
  }
}

const RELEASED: StepRun = withoutCall({ kind: "released" });

/** The numbers of the retry config; workers know errors that are listed by class from the pipeline itself. */
function settingsOf({
  settings: { retry, timeouts = {}, lanes, price, embeddingPrice, maxOutputTokens },
}: DispatchedRun): JobData["settings"] {
  const { maxAttempts, minWaitSeconds, maxWaitSeconds } = retry;
  return {
    retry: {
      ...(maxAttempts !== undefined && { maxAttempts }),
      ...(minWaitSeconds !== undefined && { minWaitSeconds }),
      ...(maxWaitSeconds !== undefined && { maxWaitSeconds }),
    },
    timeouts: {
      ...(isFinite(timeouts.stepTimeout) && { stepTimeout: timeouts.stepTimeout }),
      ...(isFinite(timeouts.attemptTimeout) && { attemptTimeout: timeouts.attemptTimeout }),
    },
    lanes: Object.fromEntries(
      Object.entries(lanes).map(([name, { requests, tokens, ...numbers }]) => [
        name,
        { ...numbers, ...(requests && { requests: [...requests] }), ...(tokens && { tokens: [...tokens] }) },
      ]),
    ),
    ...(price && { price }),
    ...(embeddingPrice && { embeddingPrice }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  };
}

/** JSON has no word for Infinity, which is no limit. */
const isFinite = (limit: Duration | undefined): limit is Duration => limit !== undefined && limit !== Infinity;

function failedHere(
  jobId: string,
  step: string,
  { error, keys = [] }: { readonly error: unknown; readonly keys?: readonly string[] },
): Waiting {
  const failure = error instanceof StepError ? error.kind : "bug";
  const message = error instanceof Error ? error.message : String(error);
  const words = { name: "StepError", message, kind: failure, causes: [] };
  return {
    jobId,
    reports: [{ step, end: { kind: "failed", failure, error: words, attempts: [] }, attempts: 0, durationMs: 0 }],
    keys,
  };
}

const refused = (reason: string): StepError =>
  new StepError("input", `The queue's database refuses the item: ${reason}.`);

const lostMessage = (reason: string): string => `The queue gave up on the item: ${reason}.`;

function missingStep(index: number): never {
  throw new Error(`There is no step ${index}.`);
}
