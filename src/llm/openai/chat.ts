import { cutText } from "../../text/index.ts";
import { StepError } from "../../core/failure/index.ts";
import { type GenerateAnswer, soundTokens, type TokenUsage } from "../../core/model/index.ts";
import { networkError } from "../http/network-error.ts";
import { readAll } from "../http/read-all.ts";
import type { HttpAnswer, Transport } from "../http/transport.ts";
import { brokenAnswerError, refusalError } from "./fault.ts";
import { serverEvents } from "./server-events.ts";
import { readChatEvent, type ChatEvent, type ChatUsage } from "./wire.ts";

/** A server, its headers, and its name and address for messages. */
export interface Place {
  readonly transport: Transport;
  readonly headers: Readonly<Record<string, string>>;
  readonly server: string;
  /** Removes our key from a server's text: some echo it. */
  readonly hide: (text: string) => string;
}

/** One call of `POST /chat/completions`. */
export interface ChatCall {
  readonly body: string;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the call and reads the whole answer. Every fault becomes a `StepError` with the request and what came back; an
 * abort rejects at once with `signal.reason`.
 */
export async function chat(place: Place, { body, idempotencyKey, signal }: ChatCall): Promise<GenerateAnswer> {
  const received: string[] = [];
  const evidence = () => ({ request: body, rawAnswer: received.join("") });
  const headers = {
    ...place.headers,
    // A header holds Latin letters only, and an item's id may hold any.
    ...(idempotencyKey !== undefined && { "idempotency-key": encodeURIComponent(idempotencyKey) }),
  };
  try {
    const answer = await place.transport({ method: "POST", path: "/chat/completions", body, headers, signal });
    if (answer.status !== 200) throw refusalError(answer, place.hide(await readAll(answer)), { request: body });
    return finish(await readChat(answer, received, evidence), evidence);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof StepError ? error : networkError(error, place.server, evidence());
  }
}

type Evidence = () => { readonly request: string; readonly rawAnswer: string };

/** The collected parts of an answer. */
interface Chat {
  readonly text: string;
  readonly refusal: string;
  readonly thinking: string;
  readonly finishReason: string | undefined;
  readonly usage: ChatUsage | undefined;
}

const NOTHING: Chat = { text: "", refusal: "", thinking: "", finishReason: undefined, usage: undefined };

/** Reads server-sent events; a server that cannot stream sends one JSON document instead, which is read as one event. */
async function readChat(answer: HttpAnswer, received: string[], evidence: Evidence): Promise<Chat> {
  let chat = NOTHING;
  const add = (data: string): void => {
    const event = readChatEvent(data);
    if (event === undefined) {
      throw new StepError("transient", "The response is not a chat completion: a part of it is not JSON.", evidence());
    }
    if (event.error !== undefined && event.error !== null) throw brokenAnswerError(event.error, evidence());
    chat = withEvent(chat, event);
  };
  if (!String(answer.headers["content-type"]).includes("event-stream")) {
    received.push(await readAll(answer));
    add(received.join(""));
    return chat;
  }
  for await (const data of serverEvents(answer.body, { onText: (text) => received.push(text) })) {
    if (data === "[DONE]") break;
    add(data);
  }
  return chat;
}

function withEvent(chat: Chat, { choices, usage }: ChatEvent): Chat {
  const [choice] = choices ?? [];
  const part = choice?.delta ?? choice?.message ?? {};
  return {
    text: chat.text + (part.content ?? ""),
    refusal: chat.refusal + (part.refusal ?? ""),
    thinking: chat.thinking + (part.reasoning_content ?? part.reasoning ?? ""),
    finishReason: choice?.finish_reason ?? chat.finishReason,
    usage: usage ?? chat.usage,
  };
}

/** Accepts what came as the answer, unless it is empty or its end is missing. */
function finish(chat: Chat, evidence: Evidence): GenerateAnswer {
  const { text, finishReason, usage } = chat;
  if (finishReason === undefined) {
    const got = text === "" ? "nothing" : `${text.length} characters`;
    throw new StepError("transient", `The answer ended before it was finished; ${got} had arrived.`, evidence());
  }
  if (finishReason === "content_filter") {
    throw new StepError("input", "The server's content filter cut the answer off.", evidence());
  }
  const complaint = complaintAbout(chat);
  if (complaint !== undefined) {
    throw new StepError("answer", complaint, { ...evidence(), cutOff: finishReason === "length" });
  }
  return { text, usage: usageOf(usage) };
}

function complaintAbout({ text, refusal, thinking, finishReason, usage }: Chat): string | undefined {
  if (finishReason === "length") {
    const { outputTokens } = usageOf(usage);
    const after = outputTokens === undefined ? "" : ` after ${outputTokens} tokens`;
    return `The answer was cut off${after}: its length limit was reached, or the context was full.`;
  }
  if (refusal !== "") return `The model refused: ${cutText(refusal, 200)}`;
  if (text.trim() !== "") return undefined;
  return thinking.trim() === ""
    ? "The answer was empty."
    : `The answer was empty: the model used it all for thinking (${thinking.length} characters).`;
}

/** A count of 0 counts as unknown, like a missing one. */
const usageOf = (usage: ChatUsage | undefined): TokenUsage =>
  soundTokens({
    inputTokens: usage?.prompt_tokens || undefined,
    outputTokens: usage?.completion_tokens || undefined,
  });
