import { randomUUID } from "node:crypto";
import { HoldfastError } from "../../core/failure/index.ts";
import type { Model } from "../../core/model/index.ts";
import type { AnyPipeline, PhaseDefinition } from "../../core/pipeline/index.ts";
import { dryRunner, type DryRunResult } from "../../core/runner/index.ts";
import { readWorkspace } from "../../stores/workspace/index.ts";
import { elementsToDo, type ReadingOptions } from "../elements-to-do.ts";
import { countingModel, inspectModel } from "../inspect-model.ts";
import { configOf } from "../open-run.ts";
import { PlanTally, type PlannedEnd } from "../plan-tally.ts";
import type { RunOptions } from "../run-options.ts";

/** An item that a run would have to do. */
export interface SurveyedItem {
  readonly itemId: string;
  /** Characters of its content, as the session keeps it. */
  readonly size: number;
  /** For each model, what a dry run has seen; empty without one. */
  readonly plans: readonly PlannedItem[];
}

/** What a run would ask a model for an item. */
export interface PlannedItem {
  /** Calls that it would make whatever the answers are, those that merge answers included. */
  readonly calls: number;
  /** Whether all answers are cached, so that a run calls nothing for it. */
  readonly answered: boolean;
}

/** What the source of a pipeline holds. */
export interface Survey {
  /** Elements that were read. */
  readonly elements: number;
  readonly items: readonly SurveyedItem[];
  /** Elements that a run would not do, the most frequent reason first. */
  readonly ends: readonly PlannedEnd[];
  /** How long the reading took. */
  readonly readMs: number;
}

export interface SurveyOptions extends ReadingOptions, Pick<RunOptions, "workspace" | "services" | "useCache"> {
  readonly models: readonly Model[];
  /**
   * Whether the steps are done up to the first call of a model, to leave out what a run would skip: only for steps without
   * side effects. Otherwise the source is read and nothing else.
   */
  readonly dryRun: boolean;
}

/** Reads the whole source of the pipeline's first phase. Writes nothing, and asks no model anything. */
export async function surveyItems(pipeline: AnyPipeline, options: SurveyOptions): Promise<Survey> {
  const [phase] = pipeline.phases;
  if (phase === undefined) throw new HoldfastError("pipeline_invalid", `Pipeline "${pipeline.name}" has no phase.`);
  const { signal, onElement, dryRun } = options;
  const startedAt = performance.now();
  await phase.source.check({ signal });
  await using workspace = readWorkspace(configOf(options).workspace);
  const walks = dryRun ? await dryRunsOf(pipeline, phase, options, workspace) : [];
  const tally = new PlanTally(() => 0);
  let elements = 0;
  const items: SurveyedItem[] = [];
  const onLooked = (looked: number, total: number | undefined): void => {
    elements = looked;
    onElement?.(looked, total);
  };
  for await (const element of elementsToDo(phase, tally, { signal, onElement: onLooked })) {
    const results: DryRunResult[] = [];
    for (const walk of walks) results.push(await walk(element));
    const [first] = results;
    if (first !== undefined && first.end.kind !== "asks" && first.end.kind !== "loads") {
      if (first.end.kind === "fails") tally.ended("failed", first.end.message);
      else tally.ended(first.end.kind, first.end.reason);
      continue;
    }
    items.push({ itemId: element.itemId, size: element.contentText.length, plans: results.map(plannedItem) });
  }
  return { elements, items, ends: tally.counts().ends, readMs: performance.now() - startedAt };
}

const plannedItem = ({ end, calls, collects, cachedAnswers }: DryRunResult): PlannedItem => ({
  calls: calls.length + collects.length,
  answered: end.kind === "loads" && cachedAnswers > 0,
});

async function dryRunsOf(
  pipeline: AnyPipeline,
  phase: PhaseDefinition,
  { models, signal, services, useCache }: SurveyOptions,
  { cache, ledger }: Pick<ReturnType<typeof readWorkspace>, "cache" | "ledger">,
) {
  const looked: Awaited<ReturnType<typeof inspectModel>>[] = [];
  for (const model of models) looked.push(await inspectModel(model, signal));
  return models.map((model, at) => {
    const seen = looked[at] ?? { info: { notes: [] }, isReady: false };
    const isKnown = useCache !== false && seen.problem === undefined;
    return dryRunner({
      phase,
      pipeline: pipeline.name,
      newKey: randomUUID,
      services: { ...services, model: countingModel(model, seen), modelInfo: seen.info, ledger },
      cache: isKnown ? cache : { ...cache, get: () => undefined },
    });
  });
}
