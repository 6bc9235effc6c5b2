import type { ServerResponse } from "node:http";
import { sleep } from "../../retry/index.ts";
import { breakConnection, sendJson } from "../fake-server/response.ts";
import { countTokens, splitTokens } from "../fake-server/tokens.ts";
import type { OpenAIFault } from "./faults.ts";
import type { OpenAICallBody } from "./wire.ts";

/** What is sent for one call. */
export interface Reply {
  readonly body: OpenAICallBody;
  readonly text: string;
  readonly promptTokens: number;
  readonly finishReason: "stop" | "length";
  readonly fault: OpenAIFault | undefined;
  readonly tokensPerEvent: number;
  /** Cuts what is sent at these places, whatever it cuts through; `undefined` sends each event whole. */
  readonly bytesPerWrite: number | undefined;
}

type Event = Readonly<Record<string, unknown>>;

/** Sends an answer as server-sent events, or in one piece when the request did not ask for a stream. */
export async function sendReply(res: ServerResponse, reply: Reply, gone: AbortSignal): Promise<void> {
  const { body, fault, text, finishReason } = reply;
  if (body.stream !== true) {
    const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: finishReason }];
    return sendJson(res, 200, { ...head(body), object: "chat.completion", choices, usage: usageOf(reply) });
  }
  res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  // Routers send comments while they wait for the model.
  await write(res, ": PROCESSING\n\n", reply, gone);
  for (const event of eventsOf(reply)) await write(res, `data: ${JSON.stringify(event)}\n\n`, reply, gone);
  if (fault?.does === "reset_mid_stream") {
    // Let the first half leave before the connection breaks, or the client would see none of it.
    await sleep(10, gone);
    return breakConnection(res);
  }
  if (fault?.does === "garble_mid_stream") res.write('data: {"choices":[{"del\n\n');
  if (!ENDS_WITHOUT_DONE.has(fault?.does)) res.write("data: [DONE]\n\n");
  res.end();
  return undefined;
}

const ENDS_WITHOUT_DONE: ReadonlySet<string | undefined> = new Set([
  "end_early",
  "error_mid_stream",
  "garble_mid_stream",
  "finish_without_done",
]);

const BREAKS_HALFWAY: ReadonlySet<string | undefined> = new Set([
  "reset_mid_stream",
  "end_early",
  "error_mid_stream",
  "garble_mid_stream",
  "done_without_finish",
]);

function eventsOf(reply: Reply): readonly Event[] {
  const { body, fault } = reply;
  const event = (delta: Event, finish_reason: string | null = null): Event => ({
    ...head(body),
    object: "chat.completion.chunk",
    choices: fault?.does === "choose_nothing" ? [] : [{ index: 0, delta, finish_reason }],
  });
  const deltas = deltasOf(reply).map((delta) => event(delta));
  if (BREAKS_HALFWAY.has(fault?.does)) {
    const half = deltas.slice(0, Math.max(1, Math.floor(deltas.length / 2)));
    return fault?.does === "error_mid_stream" ? [...half, { ...head(body), error: fault.error }] : half;
  }
  const reason = fault?.does === "finish" ? fault.reason : reply.finishReason;
  const wantsUsage = body.stream_options?.include_usage === true && fault?.does !== "omit_usage";
  return [
    event({ role: "assistant", content: "" }),
    ...deltas,
    event({}, reason),
    ...(wantsUsage ? [{ ...head(body), object: "chat.completion.chunk", choices: [], usage: usageOf(reply) }] : []),
  ];
}

function deltasOf({ text, fault, tokensPerEvent }: Reply): readonly Event[] {
  const content = (said: string): readonly Event[] =>
    splitTokens(said, tokensPerEvent).map((piece) => ({ content: piece }));
  if (fault?.does === "say_nothing") return [];
  if (fault?.does === "refuse") return [{ refusal: fault.words }];
  if (fault?.does === "think_only")
    return splitTokens(text, tokensPerEvent).map((piece) => ({ reasoning_content: piece }));
  return content(fault?.does === "finish" ? text.slice(0, text.length / 2) : text);
}

const head = ({ model }: OpenAICallBody): Event => ({ id: "chatcmpl-fake", created: 1_767_225_600, model });

function usageOf({ text, promptTokens }: Reply): Event {
  const completion_tokens = countTokens(text);
  return { prompt_tokens: promptTokens, completion_tokens, total_tokens: promptTokens + completion_tokens };
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
