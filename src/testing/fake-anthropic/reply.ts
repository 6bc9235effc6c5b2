import type { ServerResponse } from "node:http";
import type { Books } from "../fake-server/books.ts";
import { breakAfterwards, pause, untilGone, writePart } from "../fake-server/response.ts";
import type { AnthropicFault } from "./faults.ts";
import {
  emptyBlock,
  emptyMessage,
  outputTokensOf,
  piecesOf,
  thinkingTokensOf,
  usageOf,
  wholeMessage,
  type Message,
} from "./message.ts";

type Json = Readonly<Record<string, unknown>>;

/** How an answer is sent. */
export interface Sending {
  readonly message: Message;
  readonly headers: Readonly<Record<string, string>>;
  readonly fault: AnthropicFault | undefined;
  readonly tokensPerEvent: number;
  readonly msPerEvent: number;
  readonly bytesPerWrite: number | undefined;
  /** Counts what the model has written, before it is sent. */
  readonly bill: (more: Partial<Books>) => void;
  readonly gone: AbortSignal;
}

/** The faults that leave half an answer. */
const HALVES: ReadonlySet<string | undefined> = new Set([
  "reset_mid_stream",
  "error_mid_stream",
  "end_early",
  "garble_mid_stream",
  "ping_forever",
]);

/** Sends an answer in one piece. What breaks a stream breaks this too: half of the bytes arrive. */
export async function sendWhole(res: ServerResponse, sending: Sending): Promise<void> {
  const { message, headers, fault, bytesPerWrite, bill, gone } = sending;
  const { blocks } = message.turn;
  bill({ outputTokens: outputTokensOf(blocks), reasoningTokens: thinkingTokensOf(blocks) });
  const bytes = JSON.stringify(wholeMessage(message));
  res.writeHead(200, { "content-type": "application/json", ...headers });
  const isHalf = HALVES.has(fault?.does);
  await writePart(res, isHalf ? bytes.slice(0, bytes.length / 2) : bytes, bytesPerWrite, gone);
  if (fault?.does === "reset_mid_stream") return breakAfterwards(res, gone);
  if (fault?.does === "ping_forever" || fault?.does === "stay_open") return untilGone(gone);
  res.end();
}

/** Sends an answer as server-sent events. */
export async function sendStream(res: ServerResponse, sending: Sending): Promise<void> {
  const { message, headers, fault, msPerEvent, bytesPerWrite, bill, gone } = sending;
  const { turn } = message;
  res.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", ...headers });
  const send = (event: Json): Promise<void> =>
    writePart(res, `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}\n\n`, bytesPerWrite, gone);

  if (fault?.does === "error_mid_stream" && fault.after === "nothing") {
    await send({ type: "error", error: fault.error });
    return void res.end();
  }
  await send({ type: "message_start", message: emptyMessage(message) });
  const all = turn.blocks.map((block) => piecesOf(block, sending.tokensPerEvent));
  const count = all.reduce((sum, pieces) => sum + pieces.length, 0);
  let left = HALVES.has(fault?.does) ? Math.max(1, Math.floor(count / 2)) : count;
  for (const [index, block] of turn.blocks.entries()) {
    if (left === 0) break;
    await send({ type: "content_block_start", index, content_block: emptyBlock(block) });
    if (index === 0) await send({ type: "ping" });
    for (const { delta, tokens, isThinking } of all[index]?.slice(0, left) ?? []) {
      await pause(msPerEvent, gone);
      bill({ outputTokens: tokens, ...(isThinking && { reasoningTokens: tokens }) });
      await send({ type: "content_block_delta", index, delta });
      left -= 1;
    }
    if (left > 0 || !HALVES.has(fault?.does)) await send({ type: "content_block_stop", index });
  }
  return endStream(res, sending, send);
}

async function endStream(
  res: ServerResponse,
  { message, fault, bytesPerWrite, gone }: Sending,
  send: (event: Json) => Promise<void>,
): Promise<void> {
  const { blocks, stopReason, stopSequence } = message.turn;
  if (fault?.does === "reset_mid_stream") return breakAfterwards(res, gone);
  if (fault?.does === "ping_forever") {
    while (!gone.aborted) {
      await send({ type: "ping" });
      await pause(fault.everyMs, gone);
    }
    return;
  }
  if (fault?.does === "error_mid_stream") await send({ type: "error", error: fault.error });
  if (fault?.does === "garble_mid_stream") {
    await writePart(res, 'event: content_block_delta\ndata: {"type":"content_bl\n\n', bytesPerWrite, gone);
  }
  if (!HALVES.has(fault?.does)) {
    await send({
      type: "message_delta",
      delta: { stop_reason: stopReason, stop_sequence: stopSequence },
      usage: usageOf(message, outputTokensOf(blocks), thinkingTokensOf(blocks)),
    });
    if (fault?.does !== "end_without_stop") await send({ type: "message_stop" });
  }
  if (fault?.does === "stay_open") return untilGone(gone);
  res.end();
}
