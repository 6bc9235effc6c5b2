import { StepError } from "../../core/failure/index.ts";
import { refusedTrial, type About, type Trial } from "../faults/index.ts";
import { ask, failureIn, type Place } from "./ask.ts";
import { callOptions, type CallSettings } from "./call-options.ts";
import { ALL_TAKEN } from "./taken-fields.ts";

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
    return refusedTrial(outcome.refusal.means.about, () => failureIn(place, outcome));
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StepError)) throw error;
    // It was cut off after its token, or said nothing in it: it is there.
    if (error.kind === "answer" || error.kind === "input") return { outcome: "answers", usage: error.usage ?? {} };
    const about = FINAL[error.kind];
    return about === undefined ? { outcome: "unknown", error } : { outcome: "refused", about, error };
  }
}
