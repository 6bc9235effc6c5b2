import { HoldfastError } from "../../core/failure/index.ts";
import type { ModelInfo } from "../../core/model/index.ts";
import { ConnectionError } from "../../retry/index.ts";
import type { Trial } from "../faults/index.ts";
import { modelNote } from "../naming/model-note.ts";
import type { Place } from "./ask.ts";
import type { CallSettings } from "./call-options.ts";
import { tryModel } from "./trial.ts";

export interface CheckOptions {
  readonly place: Place;
  readonly settings: CallSettings;
  /** The context length that the user gave: no package says it. */
  readonly contextTokens: number | undefined;
  /** Whether the model is known to be on this machine. */
  readonly isLocal: boolean;
}

/** The notes on a model that has not been asked anything. */
export function aboutModel({ place, contextTokens, isLocal }: CheckOptions): ModelInfo {
  const note = modelNote({ name: place.model.modelId, usedTokens: contextTokens });
  return {
    ...(contextTokens !== undefined && { contextTokens }),
    notes: [
      note + (contextTokens === undefined ? " (the AI SDK does not report it; set it yourself)" : ""),
      ...(isLocal ? [] : [`What you import is sent to ${place.server}.`]),
    ],
  };
}

/**
 * Checks whether a model can be used, by one call of one token: the SDK has no list of models. A temporary fault does not fail
 * the check, as the run has its retries; one that keeps every call from getting through throws a `HoldfastError`
 * (`model_unusable`).
 */
export async function checkModel(options: CheckOptions, signal: AbortSignal | undefined): Promise<ModelInfo> {
  const { place, settings } = options;
  const first = await tryModel(place, settings, signal);
  // A connection that was closed meanwhile breaks once.
  const trial = isUnreachable(first) ? await tryModel(place, settings, signal) : first;
  const info = aboutModel(options);
  if (trial.outcome === "answers") return info;
  const { error } = trial;
  if (trial.outcome === "unknown" && !isUnreachable(trial)) {
    const later = `The model could not be tried in advance, which may be temporary. ${error.message}`;
    return { ...info, notes: [...info.notes, later] };
  }
  throw new HoldfastError("model_unusable", `The model cannot be used (${place.server}). ${error.message}`, {
    cause: error,
    ...hintFor(trial),
  });
}

const isUnreachable = (trial: Trial): boolean =>
  trial.outcome === "unknown" && trial.error.cause instanceof ConnectionError;

const hintFor = (trial: Trial): { readonly hint?: string } =>
  trial.outcome === "refused" && trial.about === "model"
    ? { hint: "The provider's own pages list the names of its models." }
    : {};
