import { randomUUID } from "node:crypto";
import { HoldfastError } from "../core/failure/index.ts";
import { firstAsked } from "../core/model/index.ts";
import type { AnyPipeline } from "../core/pipeline/index.ts";
import { dryRunner, type DryRunResult } from "../core/runner/index.ts";
import { createExtractive } from "../llm/extractive/index.ts";
import { readWorkspace } from "../stores/workspace/index.ts";
import { elementsToDo } from "./elements-to-do.ts";
import { countingModel, inspectModel } from "./inspect-model.ts";
import { configOf } from "./open-run.ts";
import { estimateCalls, type Estimate } from "./estimate.ts";
import { pastUse } from "./past-use.ts";
import { PlanTally, type PlanCounts } from "./plan-tally.ts";
import { priceOf } from "../llm/prices/index.ts";
import type { RunOptions } from "./run-options.ts";

/** What {@link planPipeline} reckons with. */
export interface PlanOptions extends Pick<
  RunOptions,
  "workspace" | "model" | "embeddingModel" | "services" | "prices" | "useCache"
> {
  /** Names the kind of an item that would be processed, such as `new`. @default "to do" for all */
  readonly kindOf?: (item: DryRunResult) => Promise<string> | string;
  /** Called for each element that was looked at; `total` if the source knows how many there are. */
  readonly onElement?: (looked: number, total: number | undefined) => void;
  /** Aborts the plan, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a run would do, as far as it can be predicted. */
export interface RunPlan extends PlanCounts {
  /** Its id, such as `ollama:llama3.2`. */
  readonly model: string;
  /** The estimated usage of the model; `undefined` for a model that makes no calls. */
  readonly estimate: Estimate | undefined;
  /** How many earlier runs with this model the estimate rests on; 0 when it rests on defaults. */
  readonly pastRuns: number;
  /** The day of the list whose price was taken, in dollars; `undefined` for a price of the user's own, and for none. */
  readonly listPrices: string | undefined;
  /** The context length that was assumed, in tokens; absent when the model did not report it. */
  readonly contextTokens: number | undefined;
  /** Why the model could not be checked; then cached answers could not be found. */
  readonly modelProblem: string | undefined;
}

/**
 * Reports what `runPipeline` would do with the first phase of a pipeline. It uses the same source, steps, ledger and
 * cached answers, but writes nothing and does not call the model. Its steps must have no side effects other than
 * through the model and the ledger. Throws what the source's `check` throws.
 *
 * @example
 * ```ts
 * import { planPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 * import { createOllama } from "holdfast/llm";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * await using server = await startFakeOllama();
 * const model = createOllama({ model: "llama3.2", baseUrl: server.url });
 * const pipeline = importPipeline({ export: "examples/chatgpt-export", out: "notes" });
 * const plan = await planPipeline(pipeline, { model });
 * console.log(plan.model, plan.estimate?.calls, `${server.calls.length} calls were made`);
 * // prints: ollama:llama3.2 { least: 4, most: 4 } 0 calls were made
 * ```
 */
export async function planPipeline(pipeline: AnyPipeline, options: PlanOptions = {}): Promise<RunPlan> {
  const [phase] = pipeline.phases;
  if (phase === undefined) throw new HoldfastError("pipeline_invalid", `Pipeline "${pipeline.name}" has no phase.`);
  const { workspace: folder } = configOf(options);
  const model = options.model ?? createExtractive();
  const { embeddingModel, signal = new AbortController().signal } = options;
  await phase.source.check({ signal });
  const looked = await inspectModel(model, signal);
  // Only what it is counts: a plan makes no vectors, and is made without a server too.
  await embeddingModel?.inspect?.(signal).catch(() => signal.throwIfAborted());
  const past = model.lane === undefined ? [] : await pastUse(folder, model.id);

  await using workspace = readWorkspace(folder);
  const counting = countingModel(model, looked);
  const known = priceOf(firstAsked(model), options.prices);
  const dryRunItem = dryRunner({
    phase,
    pipeline: pipeline.name,
    newKey: randomUUID,
    embeddingModel,
    services: { ...options.services, model: counting, modelInfo: looked.info, ledger: workspace.ledger },
    cache:
      options.useCache === false || looked.problem !== undefined
        ? { ...workspace.cache, get: () => undefined }
        : workspace.cache,
  });
  const tally = new PlanTally((text) => counting.countTokens(text));
  for await (const element of elementsToDo(phase, tally, { onElement: options.onElement, signal })) {
    const item = await dryRunItem(element);
    tally.dryRunResult(item, await (options.kindOf?.(item) ?? "to do"));
  }
  const counts = tally.counts();
  return {
    ...counts,
    model: model.id,
    estimate:
      model.lane === undefined
        ? undefined
        : estimateCalls(
            { ...counts, isExact: looked.isReady && model.countTokens !== undefined },
            { past, price: known?.price },
          ),
    listPrices: known?.list?.date,
    pastRuns: past.length,
    contextTokens: looked.info.contextTokens,
    modelProblem: looked.problem,
  };
}
