import { planPipeline, type Estimate, type RunOptions } from "../../run/index.ts";
import type { AnyPipeline } from "../../core/pipeline/index.ts";

/** The longest time that an estimate may delay a run, which itself takes far longer where this is reached. */
const LONGEST_LOOK_MS = 10_000;

/**
 * The estimate of a run, `"late"` when it cannot be made quickly; `undefined` for a model that makes no calls, and on
 * any error: the run itself reports that better.
 */
export async function quickEstimate(
  pipeline: AnyPipeline,
  options: RunOptions,
): Promise<Estimate | "late" | undefined> {
  const { model, control, workspace, prices, useCache } = options;
  if (model?.lane === undefined) return undefined;
  const late = AbortSignal.timeout(LONGEST_LOOK_MS);
  const signals = [late, ...(control ? [control.drain] : [])];
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
    return late.aborted ? "late" : undefined;
  }
}
