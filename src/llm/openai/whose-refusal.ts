import type { StepError } from "../../core/failure/index.ts";
import type { Evidence } from "../answer/index.ts";
import { failureOf, type Verdict } from "../faults/index.ts";
import type { Place } from "./chat.ts";
import { tryModel, type TryOptions } from "./try-model.ts";

/** A refusal that may mean our key or this one chat: a 403 without a word about it, or a firewall's page. */
export interface DoubtfulRefusal {
  readonly doubt: Verdict;
  readonly evidence: Evidence;
}

/**
 * The failure that it stands for. Another call with the same key tells: when that one gets through, it is the chat that is
 * refused. So nothing need be remembered of earlier calls, and a run that is resumed at such a chat gets past it.
 */
export async function whoseRefusal(
  place: Place,
  { doubt, evidence }: DoubtfulRefusal,
  options: TryOptions,
): Promise<StepError> {
  const trial = await tryModel(place, options);
  const details = { ...evidence, hide: place.hide };
  if (trial.outcome === "answers") {
    const says = doubt.said.isPage
      ? "A firewall in front of the server does not let this chat through"
      : "The server refuses this chat, and takes others with the same key";
    return failureOf(doubt, { ...details, kind: "input", says, advice: undefined, usage: trial.usage });
  }
  if (trial.outcome === "unknown") return failureOf(doubt, { ...details, kind: "transient", advice: undefined });
  // It says more than a mere "forbidden".
  return trial.about === "key or chat" ? failureOf(doubt, details) : trial.error;
}
