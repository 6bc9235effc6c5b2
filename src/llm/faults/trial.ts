import type { StepError } from "../../core/failure/index.ts";
import type { TokenUsage } from "../../core/model/index.ts";
import type { About } from "./fault-row.ts";

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
