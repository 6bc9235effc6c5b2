import { StepError } from "../../core/failure/index.ts";
import { soundTokens, type TokenUsage } from "../../core/model/index.ts";
import { failureOf, isPage, judge, saidInAnswer, saidInRefusal, type About, type Verdict } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import { isEventStream, type Place } from "./chat.ts";
import { usageIn } from "./reported-usage.ts";
import { faultIn, readChatEvent } from "./wire.ts";

export interface TryOptions {
  readonly model: string;
  /** The name of the field with the most tokens of an answer. */
  readonly cap: string;
  readonly signal: AbortSignal | undefined;
}

/** What one cheap call says of a model and of our key. */
export type Trial =
  /** It answers, or refuses something that only a model that is there can refuse. */
  | { readonly outcome: "answers"; readonly usage: TokenUsage }
  /** Nothing gets through with this model and this key. */
  | { readonly outcome: "refused"; readonly about: About; readonly error: StepError }
  /** It could not be asked now. */
  | { readonly outcome: "unknown"; readonly error: StepError };

/** Asks for one token, which costs next to nothing. An abort rejects with `signal.reason`. */
export async function tryModel(place: Place, { model, cap, signal }: TryOptions): Promise<Trial> {
  const { transport, headers, server } = place;
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say OK." }], stream: false, [cap]: 1 });
  try {
    const answer = await transport({ method: "POST", path: "/chat/completions", body, headers, signal });
    const raw = await readAll(answer, MOST_BYTES_OF_REFUSAL);
    if (answer.status !== 200 || isPage(raw, answer.headers)) {
      return trialOf(judge(saidInRefusal(answer, raw), "openai"), place);
    }
    const event = readChatEvent(raw);
    const fault = event && faultIn(event);
    if (fault !== undefined) return trialOf(judge(saidInAnswer(fault), "openai"), place);
    const isAnswer = (event?.choices?.length ?? 0) > 0 || isEventStream(answer);
    if (!isAnswer) return { outcome: "refused", about: "address", error: noAnswer(place, raw) };
    return { outcome: "answers", usage: soundTokens(event?.usage ? usageIn(event.usage) : {}) };
  } catch (error) {
    signal?.throwIfAborted();
    return { outcome: "unknown", error: networkError(error, server) };
  }
}

const noAnswer = ({ server, hide }: Place, raw: string): StepError =>
  new StepError("missing_model", `The server at ${server} does not answer as an OpenAI-compatible API does.`, {
    rawAnswer: hide(raw),
  });

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

function trialOf(verdict: Verdict, { hide }: Place): Trial {
  const { about } = verdict.means;
  const outcome = OUTCOMES[about];
  if (outcome === undefined) return { outcome: "answers", usage: {} };
  return { outcome, about, error: failureOf(verdict, { hide }) };
}
