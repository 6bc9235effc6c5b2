import type { ServerResponse } from "node:http";
import { sleep } from "../../retry/index.ts";
import type { Books } from "../fake-server/books.ts";
import { breakConnection, sendJson, untilGone } from "../fake-server/response.ts";
import { countTokens, splitTokens } from "../fake-server/tokens.ts";
import type { OpenAIFault } from "./faults.ts";
import type { OpenAICallBody } from "./wire.ts";

/** What is sent for one call. */
export interface Reply {
  readonly body: OpenAICallBody;
  readonly text: string;
  readonly promptTokens: number;
  /** Those of the prompt that the server has in its cache. */
  readonly cachedTokens: number;
  readonly finishReason: "stop" | "length";
  readonly fault: OpenAIFault | undefined;
  readonly tokensPerEvent: number;
  readonly msPerEvent: number;
  /** Counts what the model has worked on. */
  readonly bill: (more: Partial<Books>) => void;
  /** Cuts what is sent at these places, whatever it cuts through; `undefined` sends each event whole. */
  readonly bytesPerWrite: number | undefined;
}

type Event = Readonly<Record<string, unknown>>;

/** Sends an answer as server-sent events, or in one piece when the request did not ask for a stream. */
export async function sendReply(res: ServerResponse, reply: Reply, gone: AbortSignal): Promise<void> {
  const { body, fault, bill } = reply;
  const pieces = piecesOf(reply);
  bill({ calls: 1, inputTokens: reply.promptTokens, cachedInputTokens: reply.cachedTokens });
  if (body.stream !== true) {
    for (const piece of pieces) bill(tokensOf(piece));
    const choices = [{ index: 0, message: messageOf(pieces), finish_reason: reasonOf(reply) }];
    const usage = fault?.does === "omit_usage" ? {} : { usage: usageOf(reply, pieces) };
    const whole = { ...head(body), object: "chat.completion", choices, ...usage };
    return BREAKS_HALFWAY.has(fault?.does) ? breakWithin(res, JSON.stringify(whole), gone) : sendJson(res, 200, whole);
  }
  res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  // Routers send comments while they wait for the model.
  await write(res, ": PROCESSING\n\n", reply, gone);
  const send = (event: Event): Promise<void> => write(res, `data: ${JSON.stringify(event)}\n\n`, reply, gone);
  const sent = BREAKS_HALFWAY.has(fault?.does) ? pieces.slice(0, Math.max(1, Math.floor(pieces.length / 2))) : pieces;
  await send(eventOf(reply, { role: "assistant", content: "" }));
  for (const piece of sent) {
    if (reply.msPerEvent > 0) await sleep(reply.msPerEvent, gone);
    // Before it is sent: what is written is billed, whoever is there to read it.
    bill(tokensOf(piece));
    await send(eventOf(reply, piece.delta));
  }
  if (fault?.does === "ping") return ping(res, gone);
  if (fault?.does === "error_mid_stream") await send({ ...head(body), error: fault.error });
  if (!BREAKS_HALFWAY.has(fault?.does)) {
    await send(eventOf(reply, {}, reasonOf(reply)));
    const wantsUsage = body.stream_options?.include_usage === true && fault?.does !== "omit_usage";
    if (wantsUsage) {
      await send({ ...head(body), object: "chat.completion.chunk", choices: [], usage: usageOf(reply, pieces) });
    }
  }
  if (fault?.does === "reset_mid_stream") {
    // Let the first half leave before the connection breaks, or the client would see none of it.
    await sleep(10, gone);
    return breakConnection(res);
  }
  if (fault?.does === "garble_mid_stream") res.write('data: {"choices":[{"del\n\n');
  if (!ENDS_WITHOUT_DONE.has(fault?.does)) res.write("data: [DONE]\n\n");
  if (fault?.does === "stay_open") return untilGone(gone);
  res.end();
  return undefined;
}

const ENDS_WITHOUT_DONE: ReadonlySet<string | undefined> = new Set([
  "end_early",
  "error_mid_stream",
  "garble_mid_stream",
  "finish_without_done",
  "empty_reasons",
]);

const BREAKS_HALFWAY: ReadonlySet<string | undefined> = new Set([
  "reset_mid_stream",
  "end_early",
  "error_mid_stream",
  "garble_mid_stream",
  "done_without_finish",
  "empty_reasons",
]);

/** How often a server says that it lives. */
const PING_MS = 100;

async function ping(res: ServerResponse, gone: AbortSignal): Promise<void> {
  while (!gone.aborted) {
    res.write(": PROCESSING\n\n");
    await sleep(PING_MS, gone);
  }
}

/** Half of a document, and then no connection any more: what a fault in the middle is where nothing is streamed. */
async function breakWithin(res: ServerResponse, text: string, gone: AbortSignal): Promise<void> {
  res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  res.write(text.slice(0, text.length / 2));
  // Let it leave before the connection breaks, or the client would see none of it.
  await sleep(10, gone);
  breakConnection(res);
}

/** A piece of an answer: what is sent of it, and what it took to write it. */
interface Piece {
  readonly delta: Readonly<Record<string, string>>;
  readonly text: string;
  readonly isThinking: boolean;
}

function piecesOf({ text, fault, tokensPerEvent }: Reply): readonly Piece[] {
  const content = (said: string): readonly Piece[] =>
    splitTokens(said, tokensPerEvent).map((piece) => ({ delta: { content: piece }, text: piece, isThinking: false }));
  const thinking = (said: string): readonly Piece[] =>
    splitTokens(said, tokensPerEvent).map((piece) => ({
      delta: { reasoning_content: piece },
      text: piece,
      isThinking: true,
    }));
  if (fault?.does === "say_nothing" || fault?.does === "ping") return [];
  if (fault?.does === "refuse") return [{ delta: { refusal: fault.words }, text: fault.words, isThinking: false }];
  if (fault?.does === "think_only") return thinking(text);
  if (fault?.does === "think_first") return [...thinking(fault.words), ...content(text)];
  return content(fault?.does === "finish" ? text.slice(0, text.length / 2) : text);
}

/** All pieces as one message. */
function messageOf(pieces: readonly Piece[]): Event {
  const message: Record<string, string> = { role: "assistant", content: "" };
  for (const { delta } of pieces) {
    for (const [field, text] of Object.entries(delta)) message[field] = `${message[field] ?? ""}${text}`;
  }
  return message;
}

const tokensOf = ({ text, isThinking }: Piece): Partial<Books> => {
  const tokens = countTokens(text);
  return { outputTokens: tokens, ...(isThinking && { reasoningTokens: tokens }) };
};

const reasonOf = ({ fault, finishReason }: Reply): string => (fault?.does === "finish" ? fault.reason : finishReason);

function eventOf({ body, fault }: Reply, delta: Event, reason?: string): Event {
  const finish_reason = reason ?? (fault?.does === "empty_reasons" ? "" : null);
  const choices = fault?.does === "choose_nothing" ? [] : [{ index: 0, delta, finish_reason }];
  return { ...head(body), object: "chat.completion.chunk", choices };
}

const head = ({ model }: OpenAICallBody): Event => ({ id: "chatcmpl-fake", created: 1_767_225_600, model });

function usageOf({ promptTokens, cachedTokens }: Reply, pieces: readonly Piece[]): Event {
  const all = pieces.map(tokensOf);
  const completion_tokens = all.reduce((sum, { outputTokens = 0 }) => sum + outputTokens, 0);
  const reasoning_tokens = all.reduce((sum, { reasoningTokens = 0 }) => sum + reasoningTokens, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens,
    total_tokens: promptTokens + completion_tokens,
    ...(cachedTokens > 0 && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoning_tokens > 0 && { completion_tokens_details: { reasoning_tokens } }),
  };
}

async function write(res: ServerResponse, text: string, { bytesPerWrite }: Reply, gone: AbortSignal): Promise<void> {
  if (bytesPerWrite === undefined) return void res.write(text);
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += bytesPerWrite) {
    res.write(bytes.subarray(start, start + bytesPerWrite));
    await sleep(0, gone);
  }
  return undefined;
}
