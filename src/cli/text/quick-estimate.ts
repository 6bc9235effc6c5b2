import { planPipeline, type Estimate, type RunOptions } from "../../run/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";

/** The longest time that an estimate may delay a run. */
const LONGEST_LOOK_MS = 2_000;

/**
 * The estimate of a run, if it can be made quickly; `undefined` for a model that makes no calls, and on any error: the
 * run itself reports that better.
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
