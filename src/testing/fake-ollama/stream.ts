import type { ServerResponse } from "node:http";

import { sleep } from "../../retry/index.ts";
import type { Fault } from "./faults.ts";
import type { Generation } from "./generation.ts";
import { breakConnection, sendJson, untilGone } from "../fake-server/response.ts";
import { countTokens, splitTokens } from "../fake-server/tokens.ts";
import type { CallBody, CallPath } from "./wire.ts";

/** How an answer travels. */
export interface Pace {
  readonly tokensPerChunk: number;
  readonly delayPerChunkMs: number;
  /** Cuts what is sent at these places, whatever it cuts through; `undefined` sends each line whole. */
  readonly bytesPerWrite: number | undefined;
}

/** What is sent for one call. */
export interface Reply {
  readonly path: CallPath;
  readonly body: CallBody;
  readonly generation: Generation;
  readonly promptTokens: number;
  /** Milliseconds that loading took, 0 when the model was in memory. */
  readonly loadMs: number;
  readonly fault: Fault | undefined;
}

/** Sends an answer as NDJSON, or in one piece when the request said `stream: false`. Ends early when `gone` aborts. */
export async function sendReply(res: ServerResponse, reply: Reply, pace: Pace, gone: AbortSignal): Promise<void> {
  const lines = [...piecesOf(reply, pace.tokensPerChunk), lastLine(reply)];
  const broken = breaksHalfway(reply.fault);
  const sent = broken ? lines.slice(0, Math.max(1, Math.floor(lines.length / 2))) : lines;
  if (reply.body.stream === false) return sendWhole(res, reply, sent, gone);

  res.writeHead(200, { "content-type": "application/x-ndjson" });
  for (const line of sent) {
    if (pace.delayPerChunkMs > 0) await sleep(pace.delayPerChunkMs, gone);
    await write(res, `${JSON.stringify(line)}\n`, pace.bytesPerWrite, gone);
  }
  await endStream(res, reply.fault, gone);
}

type Line = Readonly<Record<string, unknown>>;

/** The lines before the last one, thinking first. */
function piecesOf({ path, body, generation }: Reply, tokensPerChunk: number): readonly Line[] {
  const line = (field: "thinking" | "content") => (text: string) => ({
    ...lineHead(body),
    ...wording(path, field === "content" ? text : "", field === "thinking" ? text : undefined),
    done: false,
  });
  return [
    ...splitTokens(generation.thinking, tokensPerChunk).map(line("thinking")),
    ...splitTokens(generation.text, tokensPerChunk).map(line("content")),
  ];
}

/** The line with `done: true` and the counts. A count of 0 is left out, as Go's `omitempty` does. */
function lastLine({ path, body, generation, promptTokens, loadMs, fault }: Reply): Line {
  const outputTokens = countTokens(generation.thinking) + countTokens(generation.text);
  return {
    ...lineHead(body),
    ...wording(path, "", undefined),
    done: true,
    done_reason: generation.doneReason,
    total_duration: ns(loadMs + promptTokens + 20 * outputTokens),
    load_duration: ns(loadMs + 1),
    ...(fault?.does !== "omit_prompt_count" && { prompt_eval_count: promptTokens }),
    prompt_eval_duration: ns(promptTokens),
    ...(outputTokens > 0 && { eval_count: outputTokens, eval_duration: ns(20 * outputTokens) }),
    ...(path === "/api/generate" && { context: [1, 2, 3] }),
  };
}

/** What every line begins with. */
export const lineHead = (body: CallBody): Line => ({ model: body.model, created_at: new Date().toISOString() });

/** Where the two ways to ask put the text. */
export function wording(path: CallPath, content: string, thinking: string | undefined): Line {
  const thought = thinking === undefined ? {} : { thinking };
  return path === "/api/chat"
    ? { message: { role: "assistant", content, ...thought } }
    : { response: content, ...thought };
}

const ns = (ms: number): number => ms * 1_000_000;

const breaksHalfway = (fault: Fault | undefined): boolean =>
  fault !== undefined &&
  ["reset_mid_stream", "error_mid_stream", "end_without_done", "stall_mid_stream", "garble_mid_stream"].includes(
    fault.does,
  );

async function sendWhole(res: ServerResponse, reply: Reply, lines: readonly Line[], gone: AbortSignal): Promise<void> {
  const { fault, path, body, generation } = reply;
  if (fault?.does === "error_mid_stream") return sendJson(res, 500, { error: fault.text });
  if (fault?.does === "reset_mid_stream") return breakConnection(res);
  if (fault?.does === "stall_mid_stream") return untilGone(gone);
  const half = generation.text.slice(0, generation.text.length / 2);
  const whole = breaksHalfway(fault)
    ? { ...lineHead(body), ...wording(path, half, undefined), done: false }
    : { ...lines.at(-1), ...wording(path, generation.text, generation.thinking || undefined) };
  if (fault?.does === "garble_mid_stream") {
    res.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    res.end(JSON.stringify(whole).slice(0, -20));
    return undefined;
  }
  return sendJson(res, 200, whole);
}

async function endStream(res: ServerResponse, fault: Fault | undefined, gone: AbortSignal): Promise<void> {
  if (fault?.does === "stall_mid_stream") return untilGone(gone);
  if (fault?.does === "reset_mid_stream") {
    // Let the first half leave before the connection breaks, or the client would see none of it.
    await sleep(10, gone);
    return breakConnection(res);
  }
  if (fault?.does === "error_mid_stream") res.end(`${JSON.stringify({ error: fault.text })}\n`);
  else if (fault?.does === "garble_mid_stream") res.end("<html><body>502 Bad Gateway</body></html>\n");
  else res.end();
  return undefined;
}

async function write(
  res: ServerResponse,
  text: string,
  bytesPerWrite: number | undefined,
  gone: AbortSignal,
): Promise<void> {
  if (bytesPerWrite === undefined) {
    res.write(text);
    return;
  }
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += bytesPerWrite) {
    res.write(bytes.subarray(start, start + bytesPerWrite));
    await sleep(0, gone);
  }
}
