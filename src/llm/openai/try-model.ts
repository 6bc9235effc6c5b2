import { StepError } from "../../core/failure/index.ts";
import { soundTokens } from "../../core/model/index.ts";
import { usageIn } from "../answer/index.ts";
import {
  failureOf,
  isPage,
  judge,
  refusedTrial,
  saidInAnswer,
  saidInRefusal,
  type Trial,
  type Verdict,
} from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import { isEventStream, type Place } from "./chat.ts";
import { faultIn, readChatEvent } from "./wire.ts";

export interface TryOptions {
  readonly model: string;
  /** The name of the field with the most tokens of an answer. */
  readonly cap: string;
  readonly signal: AbortSignal | undefined;
}

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

const trialOf = (verdict: Verdict, { hide }: Place): Trial =>
  refusedTrial(verdict.means.about, () => failureOf(verdict, { hide }));
