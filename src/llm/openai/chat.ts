import { StepError, type CutOff } from "../../core/failure/index.ts";
import type { ToldLimits } from "../../core/base/index.ts";
import type { AnswerPart, GenerateAnswer, TokenUsage } from "../../core/model/index.ts";
import {
  acceptAnswer,
  endingIn,
  RawAnswer,
  ReceivedText,
  usageIn,
  type Evidence,
  type ReceivedPart,
} from "../answer/index.ts";
import {
  failureOf,
  isPage,
  judge,
  roomInContext,
  saidInAnswer,
  saidInRefusal,
  type ToldContext,
  type Verdict,
} from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import type { HttpAnswer, Transport } from "../http/transport.ts";
import { toldLimits } from "../limits/index.ts";
import { serverEvents } from "./server-events.ts";
import { withoutRefused, type TakenFields } from "./taken-fields.ts";
import { faultIn, readChatEvent, type ChatEvent } from "./wire.ts";

/** A server, its headers, and its name and address for messages. */
export interface Place {
  readonly transport: Transport;
  /** The server beside its API, where local servers say more of themselves; `undefined` when the API is not at `/v1`. */
  readonly root: Transport | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly server: string;
  /** Takes our key out of a server's text: some repeat it. */
  readonly hide: (text: string) => string;
}

/** One call of `POST /chat/completions`. */
export interface ChatCall {
  readonly body: string;
  /** How the body was written. */
  readonly taken: TakenFields;
  /** Whether it may be written in another way. */
  readonly mayAdapt: boolean;
  /** The most tokens that the server is told to give. */
  readonly maxOutputTokens: number;
  /** Why no more. */
  readonly cappedBy: CutOff;
  /** Of this call, with names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly idempotencyKey: string | undefined;
  readonly onPart: ((part: AnswerPart) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What came of a call: an answer, or how it has to be written for this server; then nothing was worked on. */
export type ChatOutcome =
  | { readonly answer: GenerateAnswer }
  | { readonly takes: TakenFields }
  /** What the prompt and the context are, where both together with the answer are too much. */
  | { readonly room: ToldContext }
  /** A refusal that may mean the key or this one prompt, and what came with it. */
  | { readonly doubt: Verdict; readonly evidence: Evidence };

/** How long the rest of a stream may take when its answer has ended: the usage, `[DONE]` and the end of the connection. */
const GRACE_MS = 2_000;

/**
 * Makes the call and reads the whole answer. Every fault becomes a `StepError` with the request, what came back and what it
 * has used; an abort rejects at once with `signal.reason`.
 */
export async function chat(place: Place, call: ChatCall): Promise<ChatOutcome> {
  const { body, taken, mayAdapt, maxOutputTokens, cappedBy, idempotencyKey, onPart, signal } = call;
  const raw = new RawAnswer();
  let limits: ToldLimits | undefined;
  const evidence = (): Evidence => ({ request: body, rawAnswer: place.hide(raw.text), limits });
  const text = new ReceivedText({ maxOutputTokens, onPart, evidence });
  const headers = {
    ...place.headers,
    ...call.headers,
    // The key is the model's, whatever a step sets.
    ...(place.headers["authorization"] !== undefined && { authorization: place.headers["authorization"] }),
    // A header holds Latin letters only, and an item's id may hold any.
    ...(idempotencyKey !== undefined && { "idempotency-key": encodeURIComponent(idempotencyKey) }),
  };
  try {
    const answer = await place.transport({
      method: "POST",
      path: "/chat/completions",
      body,
      headers,
      signal,
      idleBy: "reader",
    });
    limits = toldLimits(answer.headers);
    if (answer.status !== 200) {
      const rawAnswer = await readAll(answer, MOST_BYTES_OF_REFUSAL);
      const verdict = judge(saidInRefusal(answer, rawAnswer), "openai");
      const takes = mayAdapt ? withoutRefused(taken, verdict.said) : undefined;
      if (takes) return { takes };
      const room = mayAdapt ? roomInContext(verdict.said.text, maxOutputTokens) : undefined;
      if (room !== undefined) return { room };
      const found = { request: body, rawAnswer, limits };
      if (verdict.means.about === "key or chat") return { doubt: verdict, evidence: found };
      throw failureOf(verdict, { ...found, hide: place.hide });
    }
    const { ending, usage } = await readChat(answer, { raw, text, evidence, hide: place.hide });
    const { thinking, refusal } = text;
    const received = { text: text.text, thinking, refusal, ending, usage, maxOutputTokens, cappedBy };
    return { answer: { ...acceptAnswer(received, evidence), ...(limits && { limits }) } };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, place.server, evidence());
  }
}

interface Reading {
  readonly raw: RawAnswer;
  readonly text: ReceivedText;
  readonly evidence: () => Evidence;
  readonly hide: (text: string) => string;
}

/** What an answer says besides its text. */
interface Chat {
  readonly ending: string | undefined;
  readonly usage: TokenUsage;
}

/** Reads server-sent events; a server that cannot stream sends one JSON document instead, which is read as one event. */
async function readChat(answer: HttpAnswer, { raw, text, evidence, hide }: Reading): Promise<Chat> {
  let chat: Chat = { ending: undefined, usage: {} };
  const add = (data: string): void => {
    const event = readChatEvent(data);
    if (event === undefined) {
      throw new StepError("transient", "The response is not a chat completion: a part of it is not JSON.", evidence());
    }
    // What comes after the end, as when the usage cannot be told, takes nothing away from the answer.
    const fault = chat.ending === undefined ? faultIn(event) : undefined;
    if (fault !== undefined) throw failureOf(judge(saidInAnswer(fault), "openai"), { ...evidence(), hide });
    chat = withEvent(chat, event);
    text.add(partOf(event), { isWhole: chat.ending !== undefined });
  };
  if (!isEventStream(answer)) {
    const whole = await readAll(answer);
    raw.add(whole);
    if (isPage(whole, {})) throw failureOf(judge(saidInRefusal(answer, whole), "openai"), { ...evidence(), hide });
    const events = BEGINS_EVENTS.test(whole) ? serverEvents([Buffer.from(whole)], { onText: () => {} }) : [whole];
    for await (const data of events) if (data !== "[DONE]" && data.trim() !== "") add(data);
    return chat;
  }
  for await (const data of serverEvents(answer.body, { onText: (piece) => raw.add(piece) })) {
    answer.stillComing();
    if (data === "[DONE]") break;
    if (data.trim() === "") continue;
    const hadEnded = chat.ending !== undefined;
    add(data);
    if (!hadEnded && chat.ending !== undefined) answer.endWithin(GRACE_MS);
  }
  return chat;
}

/** Some servers and gateways leave out what the content of a stream is, or say that it is text. */
const BEGINS_EVENTS = /^\uFEFF?(?:data|event|id|retry)?:/;

/** Whether an answer comes in pieces. */
export const isEventStream = ({ headers }: HttpAnswer): boolean =>
  /event-stream/i.test(String(headers["content-type"] ?? ""));

/** The one answer that was asked for is the first of those that a server may give. */
const choiceOf = ({ choices }: ChatEvent) => choices?.find(({ index }) => index === undefined || index === 0);

const THOUGHTS = ["reasoning_content", "reasoning", "thinking", "reasoning_details"] as const;

function partOf(event: ChatEvent): ReceivedPart {
  const choice = choiceOf(event);
  const { content, ...part } = choice?.delta ?? choice?.message ?? {};
  return {
    text: content?.text ?? "",
    refusal: part.refusal ?? "",
    // The same thought may stand in two places.
    thinking: THOUGHTS.map((name) => part[name]).find(Boolean) ?? content?.thinking ?? "",
  };
}

function withEvent(chat: Chat, event: ChatEvent): Chat {
  const usage = event.usage ?? event.x_groq?.usage;
  return {
    ending: endingIn(choiceOf(event)?.finish_reason) ?? chat.ending,
    usage: usage ? { ...chat.usage, ...usageIn(usage) } : chat.usage,
  };
}
