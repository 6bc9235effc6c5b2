import { answerKeys, type RunnableStep } from "../../../core/pipeline/index.ts";
import { systemClock, type JsonValue } from "../../../core/base/index.ts";
import {
  cancelledRun,
  EqualCalls,
  findCached,
  putCached,
  readAnswer,
  usageOfCached,
  usageOfEqual,
  withoutCall,
  type DispatchedRun,
  type PlannedStep,
  type StepEnd,
  type StepRun,
} from "../../../core/runner/index.ts";
import type { Usage } from "../../../core/model/index.ts";
import type { PendingItem } from "../../../core/storage/index.ts";

/** The cached answers of a session's owner: checked before a job is posted, and filled from workers' reports. */
type Answers = Pick<DispatchedRun, "answers" | "answerSetting">;

type CallingRun = Answers & Pick<DispatchedRun, "control" | "inFlight" | "leases" | "settings">;

/**
 * A remote step that is called as rarely as the cache allows: that is asked first, and of equal calls under way together,
 * here or in another session of the workspace, one is made. The others take its answer, or make their own when it
 * brings none. An item whose report is here has no call to make. The step caches its answers itself.
 */
export function answeredOnce(planned: PlannedStep, run: CallingRun): PlannedStep {
  const { step } = planned;
  // Nothing of it is kept.
  if (!step.cache) return planned;
  const { leases, control, inFlight, settings } = run;
  const timeout = step.timeout ?? settings.timeouts?.stepTimeout ?? step.timeouts?.stepTimeout;
  const waits = { clock: systemClock, drain: control.drain };
  const equalCalls = leases && new EqualCalls({ leases, control, inFlight, clock: systemClock, timeout });

  return {
    ...planned,
    async run(content, item) {
      if (planned.isDoneFor?.(item.itemId) === true) return planned.run(content, item);
      const reading = readAnswer(() => cachedAnswer(step, content, item, run), waits);
      let cached: StepRun | undefined;
      try {
        cached = reading instanceof Promise ? await reading : reading;
      } catch (error) {
        if (control.stopping) return withoutCall({ kind: "released" });
        throw error;
      }
      if (cached) return cached;
      // A completed item that is retried must not use the answers of others.
      const keys = item.force ? undefined : answerKeys(step, content, run.answerSetting());
      if (!equalCalls || keys === undefined) return planned.run(content, item);
      const { key } = keys;
      const startedAtMs = systemClock.now();
      const got = await equalCalls.once({ key, step: step.name, item, startedAtMs }, async ({ share }) => {
        const called = await planned.run(content, item);
        if (isCached(called.end)) share(called.end.text, run.answers.stored?.(key));
        return called;
      });
      if (got.kind === "called") return got.value;
      if (got.kind === "answered") return cachedRun(got.text, usageOfEqual(run.answers, keys, got.text));
      return control.stopping ? withoutCall({ kind: "released" }) : cancelledRun();
    },
  };
}

/** The cached output of a step for that content; `undefined` when there is none or it must not be used. */
export function cachedAnswer(
  step: RunnableStep,
  content: JsonValue,
  { force }: Pick<PendingItem, "force">,
  { answers, answerSetting }: Answers,
): StepRun | undefined {
  // A completed item that is retried must not use cached answers.
  const keys = force ? undefined : answerKeys(step, content, answerSetting());
  const cached = keys && findCached(answers, keys);
  return cached && cachedRun(cached.text, usageOfCached(cached));
}

/** Caches the output of a step. An answer that needs review is not cached. */
export function cacheAnswer(step: RunnableStep, content: JsonValue, { end, usage }: StepRun, run: Answers): void {
  if (!isCached(end)) return;
  const keys = answerKeys(step, content, run.answerSetting());
  if (keys) putCached(run.answers, keys, { text: end.text, answeredBy: usage?.answeredBy });
}

const isCached = (end: StepEnd): end is Extract<StepEnd, { readonly kind: "done" }> =>
  end.kind === "done" && end.reviewReason === undefined;

const cachedRun = (text: string, usage: Usage | undefined): StepRun =>
  withoutCall({ kind: "done", output: JSON.parse(text) as JsonValue, text, reviewReason: undefined }, 0, usage);
