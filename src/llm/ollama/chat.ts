import { StepError } from "../../core/failure/index.ts";
import type { ToldLimits } from "../../core/base/index.ts";
import type { AnswerPart, GenerateAnswer, TokenUsage } from "../../core/model/index.ts";
import { acceptAnswer, endingIn, RawAnswer, ReceivedText, type Evidence } from "../answer/index.ts";
import { failureOf, judge, saidInAnswer, saidInRefusal } from "../faults/index.ts";
import { networkError } from "../http/network-error.ts";
import { decodeLines } from "../http/lines.ts";
import { MOST_BYTES_OF_REFUSAL, readAll } from "../http/read-all.ts";
import type { HttpAnswer, Transport } from "../http/transport.ts";
import { toldLimits } from "../limits/index.ts";
import { readChatLine, type ChatLine } from "./wire.ts";

/** One call of `POST /api/chat`. */
export interface ChatCall {
  readonly body: string;
  /** The most tokens that the server is told to give. */
  readonly maxOutputTokens: number;
  /** The server's address, for messages. */
  readonly address: string;
  readonly onPart: ((part: AnswerPart) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the call and reads the whole answer. Every fault becomes a `StepError` with the request, what came back and what it
 * has used; an abort rejects at once with `signal.reason`.
 */
export async function chat(transport: Transport, call: ChatCall): Promise<GenerateAnswer> {
  const { body, maxOutputTokens, address, onPart, signal } = call;
  const raw = new RawAnswer();
  let limits: ToldLimits | undefined;
  const evidence = (): Evidence => ({ request: body, rawAnswer: raw.text, limits });
  const text = new ReceivedText({ maxOutputTokens, onPart, evidence });
  try {
    const answer = await transport({ method: "POST", path: "/api/chat", body, signal });
    // Ollama has no limits of its own: its cloud does, and so may a gateway in front of it.
    limits = toldLimits(answer.headers);
    if (answer.status !== 200) {
      const rawAnswer = await readAll(answer, MOST_BYTES_OF_REFUSAL);
      throw failureOf(judge(saidInRefusal(answer, rawAnswer), "ollama"), { request: body, rawAnswer, limits });
    }
    const last = await readChat(answer, { raw, text, evidence });
    const received = { text: text.text, thinking: text.thinking, maxOutputTokens };
    if (last === undefined) return acceptAnswer({ ...received, ending: undefined, usage: {} }, evidence);
    // An answer that came to its end is kept in one piece, and not in hundreds of lines.
    const { message } = last;
    const whole = { ...last, message: { ...message, content: received.text, thinking: received.thinking } };
    const accepted = acceptAnswer({ ...received, ending: endingOf(last), usage: usageOf(last) }, () => ({
      request: body,
      rawAnswer: JSON.stringify(whole),
      limits,
    }));
    return { ...accepted, ...(limits && { limits }) };
  } catch (error) {
    signal?.throwIfAborted();
    throw networkError(error, `Ollama at ${address}`, evidence());
  }
}

interface Reading {
  readonly raw: RawAnswer;
  readonly text: ReceivedText;
  readonly evidence: () => Evidence;
}

/** Returns the line that ends the answer; `undefined` when none came. */
async function readChat(answer: HttpAnswer, { raw, text, evidence }: Reading): Promise<ChatLine | undefined> {
  for await (const line of decodeLines(answer.body)) {
    raw.add(`${line}\n`);
    const part = readChatLine(line);
    if (part === undefined) {
      throw new StepError("transient", "The response is not from Ollama: one of its lines is not JSON.", evidence());
    }
    if (part.error !== undefined) throw failureOf(judge(saidInAnswer(part.error), "ollama"), evidence());
    text.add({ text: part.message?.content ?? "", thinking: part.message?.thinking ?? "" });
    if (part.done === true) return part;
  }
  return undefined;
}

/** Versions before 0.1.42 ended an answer without a word. */
const endingOf = ({ done_reason: reason }: ChatLine): string => endingIn(reason) ?? "stop";

/** A count of 0 counts as unknown, like a missing one: old versions leave it out, or report 0, for a cached prompt. */
const usageOf = ({ prompt_eval_count: input, eval_count: output }: ChatLine): TokenUsage => ({
  ...(typeof input === "number" && input > 0 && { inputTokens: input }),
  ...(typeof output === "number" && output > 0 && { outputTokens: output }),
});
