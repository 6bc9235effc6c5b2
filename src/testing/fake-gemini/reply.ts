import type { ServerResponse } from "node:http";
import type { Books } from "../fake-server/books.ts";
import { breakAfterwards, pause, untilGone, writePart } from "../fake-server/response.ts";
import { bodyOf, piecesOf, WHOLE, wholeAnswer, type Answer } from "./content.ts";

type Json = Readonly<Record<string, unknown>>;

/** How an answer is sent. */
export interface Sending {
  readonly answer: Answer;
  /** Whole, as server-sent events, or as a list whose elements come one after the other. */
  readonly way: "whole" | "events" | "list";
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
]);

/** The faults whose model writes nothing. */
const SILENT: ReadonlySet<string | undefined> = new Set(["block_prompt", "choose_nothing"]);

/** Sends an answer in one piece. What breaks a stream breaks this too: half of the bytes arrive. */
export async function sendWhole(res: ServerResponse, { answer, bytesPerWrite, bill, gone }: Sending): Promise<void> {
  const { fault } = answer;
  if (!SILENT.has(fault?.does)) for (const piece of piecesOf(answer, WHOLE)) bill(billOf(piece));
  const text = JSON.stringify(wholeAnswer(answer), undefined, 2);
  res.writeHead(200, JSON_HEADERS);
  await writePart(res, HALVES.has(fault?.does) ? text.slice(0, text.length / 2) : text, bytesPerWrite, gone);
  if (fault?.does === "reset_mid_stream") return breakAfterwards(res, gone);
  if (fault?.does === "stay_open") return untilGone(gone);
  res.end();
}

/** Sends an answer in chunks, each a whole body with what was used until then. */
export async function sendStream(res: ServerResponse, sending: Sending): Promise<void> {
  const { answer, way, msPerEvent, bytesPerWrite, bill, gone } = sending;
  const { fault, turn } = answer;
  const isList = way === "list";
  res.writeHead(200, isList ? JSON_HEADERS : { "content-type": "text/event-stream" });
  let sent = 0;
  const sendText = (json: string): Promise<void> => {
    const text = isList ? `${sent === 0 ? "[" : "\n,\r\n"}${json}` : `data: ${json}\r\n\r\n`;
    sent += 1;
    return writePart(res, text, bytesPerWrite, gone);
  };
  const send = (body: Json): Promise<void> => sendText(JSON.stringify(body));

  const all = SILENT.has(fault?.does) ? [] : piecesOf(answer, sending.tokensPerEvent);
  const isHalf = HALVES.has(fault?.does);
  const count = isHalf ? Math.max(1, Math.floor(all.length / 2)) : all.length;
  for (const [i, piece] of all.slice(0, count).entries()) {
    await pause(msPerEvent, gone);
    bill(billOf(piece));
    if (piece.part) await send(bodyOf(answer, [piece.part], all.slice(0, i + 1), undefined));
  }
  if (fault?.does === "reset_mid_stream") return breakAfterwards(res, gone);
  if (fault?.does === "error_mid_stream") await send({ error: fault.error });
  if (fault?.does === "garble_mid_stream") await sendText('{"candidates": [{"content": {"par');
  // The last chunk has the reason and an empty text.
  if (!isHalf && fault?.does !== "end_without_reason") {
    await send(bodyOf(answer, turn.said === "" ? [] : [{ text: "" }], all, turn.finishReason));
  }
  if (isList) await writePart(res, "\n]\n", bytesPerWrite, gone);
  if (fault?.does === "stay_open") return untilGone(gone);
  res.end();
}

const JSON_HEADERS = { "content-type": "application/json; charset=UTF-8" };

const billOf = ({ tokens, isThinking }: { readonly tokens: number; readonly isThinking: boolean }): Partial<Books> => ({
  outputTokens: tokens,
  ...(isThinking && { reasoningTokens: tokens }),
});
