import { planPipeline, type Estimate, type RunOptions } from "../../run/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";

/** An estimate that takes longer keeps people waiting for a run that takes hours anyway. */
const LONGEST_LOOK_MS = 2_000;

/**
 * What a run is thought to need, when that can be had in a moment; `undefined` for a model that makes no calls, and for
 * whatever goes wrong: the run itself says that better.
 */
export async function quickEstimate(pipeline: AnyPipeline, options: RunOptions): Promise<Estimate | undefined> {
  const { model, control, workspace, prices, useCache } = options;
  if (model?.lane === undefined) return undefined;
  const signals = [AbortSignal.timeout(LONGEST_LOOK_MS), ...(control ? [control.drain] : [])];
  try {
    const plan = await planPipeline(pipeline, {
      model,
      signal: AbortSignal.any(signals),
      ...(workspace !== undefined && { workspace }),
      ...(prices && { prices }),
      ...(useCache !== undefined && { useCache }),
    });
    return plan.modelProblem === undefined ? plan.estimate : undefined;
  } catch {
    return undefined;
  }
}
