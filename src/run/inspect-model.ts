import { HoldfastError } from "../core/failure/index.ts";
import { TokenEstimator, type Model, type ModelInfo } from "../core/model/index.ts";

/** A model that was looked at without being asked anything. */
export interface InspectedModel {
  readonly info: ModelInfo;
  /** Whether the model was loaded, and its tokenizer with it. */
  readonly isReady: boolean;
  readonly problem?: string;
}

/** What the model reports about itself, if possible without loading it. A plan can be made without it. */
export async function inspectModel(model: Model, signal: AbortSignal): Promise<InspectedModel> {
  try {
    const info = await (model.inspect?.(signal) ?? model.check(signal));
    return { info, isReady: model.inspect === undefined };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== "model_unusable") throw error;
    return { info: { notes: [] }, isReady: false, problem: error.message };
  }
}

/** The model with a token counter as at the start of a run: its own tokenizer if it has one. */
export function countingModel(
  model: Model,
  { isReady }: InspectedModel,
): Model & { readonly countTokens: (text: string) => number } {
  const estimator = new TokenEstimator();
  const { id, lane, fingerprint, alternatives } = model;
  return {
    id,
    lane,
    fingerprint,
    // Answers of each count, where several are asked in turn.
    ...(alternatives && { alternatives }),
    check: (signal) => model.check(signal),
    generate: (request) => model.generate(request),
    countTokens: (text) => (isReady ? model.countTokens?.(text) : undefined) ?? estimator.count(text),
  };
}
