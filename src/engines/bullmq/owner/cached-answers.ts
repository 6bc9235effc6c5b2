import { answerKey, type RunnableStep } from "../../../core/pipeline/index.ts";
import { systemClock, type JsonValue } from "../../../core/base/index.ts";
import {
  cancelledRun,
  EqualCalls,
  keepAnswer,
  keptAnswer,
  readAnswer,
  usageOfAnswer,
  usageOfKept,
  withoutCall,
  type DispatchedRun,
  type KeptAnswer,
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
      let kept: StepRun | undefined;
      try {
        kept = reading instanceof Promise ? await reading : reading;
      } catch (error) {
        if (control.stopping) return withoutCall({ kind: "released" });
        throw error;
      }
      if (kept) return kept;
      // A completed item that is retried must not use the answers of others.
      const key = item.force ? undefined : answerKey(step, content, run.answerSetting());
      if (!equalCalls || key === undefined) return planned.run(content, item);
      const startedAtMs = systemClock.now();
      const got = await equalCalls.once({ key, step: step.name, item, startedAtMs }, async ({ share }) => {
        const called = await planned.run(content, item);
        if (isCached(called.end)) share(called.end.text, run.answers.stored?.(key));
        return called;
      });
      if (got.kind === "called") return got.value;
      if (got.kind === "answered") {
        const asked = { step, content, setting: run.answerSetting() };
        return keptRun({ text: got.text }, usageOfAnswer(run.answers, asked, got.text));
      }
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
  const kept = force ? undefined : keptAnswer(answers, { step, content, setting: answerSetting() });
  return kept && keptRun(kept, usageOfKept(kept));
}

/** Caches the output of a step. An answer that needs review is not cached. */
export function cacheAnswer(step: RunnableStep, content: JsonValue, { end, usage }: StepRun, run: Answers): void {
  if (!isCached(end)) return;
  const asked = { step, content, setting: run.answerSetting() };
  keepAnswer(run.answers, asked, { text: end.text, answeredBy: usage?.answeredBy });
}

const isCached = (end: StepEnd): end is Extract<StepEnd, { readonly kind: "done" }> =>
  end.kind === "done" && end.reviewReason === undefined;

const keptRun = ({ text }: KeptAnswer, usage: Usage | undefined): StepRun =>
  withoutCall({ kind: "done", output: JSON.parse(text) as JsonValue, text, reviewReason: undefined }, 0, usage);
