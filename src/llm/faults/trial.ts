import type { StepError } from "../../core/failure/index.ts";
import type { TokenUsage } from "../../core/model/index.ts";
import type { About } from "./fault-row.ts";
import { failureOf, type FailureOptions, type Verdict } from "./judge.ts";

/** What one cheap call says of a model and of our key. */
export type Trial =
  /** It answers, or refuses something that only a model that is there can refuse. */
  | { readonly outcome: "answers"; readonly usage: TokenUsage }
  /** Nothing gets through with this model and this key. */
  | { readonly outcome: "refused"; readonly about: About; readonly error: StepError }
  /** It could not be asked now. */
  | { readonly outcome: "unknown"; readonly error: StepError };

/** What a refusal of the trial says of the model: a word that does not stand here says that it is there. */
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

/** What comes of a trial that was refused; `errorOf` makes the failure of it. */
export function refusedTrial(about: About, errorOf: () => StepError): Trial {
  const outcome = OUTCOMES[about];
  return outcome === undefined ? { outcome: "answers", usage: {} } : { outcome, about, error: errorOf() };
}

/**
 * The failure that a refusal stands for which may mean our key or this one chat, when a trial has told: when that one gets
 * through, it is the chat that is refused. So nothing need be remembered of earlier calls, and a run that is resumed at such a
 * chat gets past it.
 */
export function failureAfterTrial(doubt: Verdict, trial: Trial, details: FailureOptions): StepError {
  if (trial.outcome === "answers") {
    const says = doubt.said.isPage
      ? "A firewall in front of {who} does not let this chat through"
      : "{Who} refuses this chat, and takes others with the same key";
    return failureOf(doubt, { ...details, kind: "input", says, advice: undefined, usage: trial.usage });
  }
  if (trial.outcome === "unknown") return failureOf(doubt, { ...details, kind: "transient", advice: undefined });
  // It says more than a mere "forbidden".
  return trial.about === "key or chat" ? failureOf(doubt, details) : trial.error;
}
