import { StepError } from "../../core/failure/index.ts";
import { type GenerateAnswer, soundTokens, type TokenUsage } from "../../core/model/index.ts";
import { networkError } from "../http/network-error.ts";
import { brokenAnswerError, refusalError } from "./fault.ts";
import { decodeLines } from "../http/lines.ts";
import { readAll } from "../http/read-all.ts";
import type { HttpAnswer, Transport } from "../http/transport.ts";
import { readChatLine, type ChatLine } from "./wire.ts";

/** One call of `POST /api/chat`. */
export interface ChatCall {
  readonly body: string;
  /** The server's address, for messages. */
  readonly address: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the call and reads the whole answer. Every fault becomes a `StepError` with the request and what came back; an
 * abort rejects at once with `signal.reason`.
 */
export async function chat(transport: Transport, { body, address, signal }: ChatCall): Promise<GenerateAnswer> {
  const received: string[] = [];
  const evidence = () => ({ request: body, rawAnswer: received.join("\n") });
  try {
    const answer = await transport({ method: "POST", path: "/api/chat", body, signal });
    if (answer.status !== 200) throw refusalError(answer, await readAll(answer), { request: body });
    return finish(await readChat(answer, received, evidence), body);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof StepError ? error : networkError(error, `Ollama at ${address}`, evidence());
  }
}

/** A finished chat, put together. */
interface FinishedChat {
  readonly text: string;
  readonly thinking: string;
  readonly last: ChatLine;
}

type Evidence = () => { readonly request: string; readonly rawAnswer: string };

async function readChat(answer: HttpAnswer, received: string[], evidence: Evidence): Promise<FinishedChat> {
  let text = "";
  let thinking = "";
  for await (const line of decodeLines(answer.body)) {
    received.push(line);
    const part = readChatLine(line);
    if (part === undefined) throw unreadable(evidence);
    if (part.error !== undefined) throw brokenAnswerError(part.error, evidence());
    text += part.message?.content ?? "";
    thinking += part.message?.thinking ?? "";
    if (part.done === true) return { text, thinking, last: part };
  }
  const got = text === "" ? "nothing" : `${text.length} characters`;
  throw new StepError("transient", `The answer ended before it was finished; ${got} had arrived.`, evidence());
}

const unreadable = (evidence: Evidence): StepError =>
  new StepError("transient", "The response is not from Ollama: one of its lines is not JSON.", evidence());

/** Accepts a finished chat as the answer, unless it is empty or its end is missing. */
function finish({ text, thinking, last }: FinishedChat, request: string): GenerateAnswer {
  const complaint = complaintAbout(text, thinking, last);
  if (complaint === undefined) return { text, usage: usageOf(last) };
  const rawAnswer = JSON.stringify({ ...last, message: { ...last.message, content: text, thinking } });
  throw new StepError("answer", complaint, { request, rawAnswer, cutOff: last.done_reason === "length" });
}

function complaintAbout(text: string, thinking: string, last: ChatLine): string | undefined {
  if (last.done_reason === "length") {
    const { outputTokens } = usageOf(last);
    const after = outputTokens === undefined ? "" : ` after ${outputTokens} tokens`;
    return `The answer was cut off${after}: \`num_predict\` was reached, or the context (\`num_ctx\`) was full.`;
  }
  if (text.trim() !== "") return undefined;
  return thinking.trim() === ""
    ? "The answer was empty."
    : `The answer was empty: the model used it all for thinking (${thinking.length} characters).`;
}

/** A count of 0 counts as unknown, like a missing one: old versions leave it out, or report 0, for a cached prompt. */
const usageOf = ({ prompt_eval_count: input, eval_count: output }: ChatLine): TokenUsage =>
  soundTokens({ inputTokens: input || undefined, outputTokens: output || undefined });
