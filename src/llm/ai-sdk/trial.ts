import { StepError } from "../../core/failure/index.ts";
import type { TokenUsage } from "../../core/model/index.ts";
import type { About } from "../faults/index.ts";
import { ask, failureIn, type Place } from "./ask.ts";
import { callOptions, type CallSettings } from "./call-options.ts";
import { ALL_TAKEN } from "./taken-fields.ts";

/** What one cheap call says of a model and of our key. */
export type Trial =
  /** It answers, or refuses something that only a model that is there can refuse. */
  | { readonly outcome: "answers"; readonly usage: TokenUsage }
  /** Nothing gets through with this model and this key. */
  | { readonly outcome: "refused"; readonly about: About; readonly error: StepError }
  /** It could not be asked now. */
  | { readonly outcome: "unknown"; readonly error: StepError };

/** What a refusal says of the model: a word that does not stand here says that it is there. */
const OUTCOMES: Readonly<Partial<Record<About, "refused" | "unknown">>> = {
  key: "refused",
  "key or chat": "refused",
  account: "refused",
  money: "refused",
  model: "refused",
  address: "refused",
  pace: "unknown",
  server: "unknown",
  runner: "unknown",
  loading: "unknown",
};

/** Failures that no call gets past. */
const FINAL: Readonly<Partial<Record<StepError["kind"], About>>> = {
  auth: "key",
  quota: "money",
  missing_model: "model",
  bug: "request",
};

/** Asks for one token, which costs next to nothing. An abort rejects with `signal.reason`. */
export async function tryModel(place: Place, settings: CallSettings, signal: AbortSignal | undefined): Promise<Trial> {
  const options = callOptions(
    { ...settings, temperature: undefined },
    { prompt: "Say OK.", maxOutputTokens: 1 },
    ALL_TAKEN,
  );
  try {
    const outcome = await ask(place, { options, maxOutputTokens: 1, cappedBy: "cap", onPart: undefined, signal });
    if ("answer" in outcome) return { outcome: "answers", usage: outcome.answer.usage };
    const { about } = outcome.refusal.means;
    const means = OUTCOMES[about];
    if (means === undefined) return { outcome: "answers", usage: {} };
    return { outcome: means, about, error: failureIn(place, outcome) };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StepError)) throw error;
    // It was cut off after its token, or said nothing in it: it is there.
    if (error.kind === "answer" || error.kind === "input") return { outcome: "answers", usage: error.usage ?? {} };
    const about = FINAL[error.kind];
    return about === undefined ? { outcome: "unknown", error } : { outcome: "refused", about, error };
  }
}
