import type { IncomingMessage, ServerResponse } from "node:http";
import { noteFrom } from "../fake-server/note.ts";
import { plannedFault } from "../fake-server/plan.ts";
import { pause } from "../fake-server/response.ts";
import type { BatchResult } from "./batches.ts";
import { refusal, STATUS_OF } from "./error.ts";
import { ANTHROPIC_FAULTS, type AnthropicFault } from "./faults.ts";
import { outputTokensOf, thinkingTokensOf, wholeMessage, type Message } from "./message.ts";
import { refuse } from "./refuse.ts";
import { sendStream, sendWhole } from "./reply.ts";
import { refuseForm } from "./request-form.ts";
import { refuseRequest, tokensOf } from "./request-rules.ts";
import type { Scene, Workshop } from "./scene.ts";
import { spoilTurn, turnFor } from "./turn.ts";
import type { AnthropicCallBody, FakeAnthropicModel } from "./wire.ts";

/** Answers a call for a message. */
export async function answerCall(
  req: IncomingMessage,
  res: ServerResponse,
  given: unknown,
  number: number,
  scene: Scene,
): Promise<void> {
  const { options, limits, gone } = scene;
  const fault = plannedFault(options.faults ?? [], ANTHROPIC_FAULTS, number);
  if (fault?.does === "respond" || fault?.does === "reset" || fault?.does === "hang") return refuse(res, fault, scene);
  const malformed = refuseForm("call", given, req.headers["anthropic-beta"] !== undefined);
  if (malformed) return refuse(res, malformed, scene);
  const body = given as AnthropicCallBody;
  const model = scene.models.find(({ id }) => id === body.model);
  const refused = refuseRequest(body, model) ?? limits.admit(tokensOf(body));
  if (refused || !model) return refused && refuse(res, refused, scene);
  await pause(options.delayMs ?? 0, gone);

  const isAtOnce = fault?.does === "error_mid_stream" && fault.after === "nothing";
  if (fault?.does === "error_mid_stream" && body.stream !== true) {
    // What a stream says in an event is a status where there is no stream.
    const { type, message } = fault.error;
    if (!isAtOnce) think(body, model, undefined, scene);
    return refuse(res, refusal(STATUS_OF[type], type, message), scene);
  }
  const message = isAtOnce ? unworked(body, model) : think(body, model, fault, scene);
  const send = body.stream === true ? sendStream : sendWhole;
  return send(res, {
    message,
    headers: { "request-id": scene.requestId, ...limits.headers() },
    fault,
    tokensPerEvent: options.tokensPerEvent ?? 8,
    msPerEvent: options.msPerEvent ?? 0,
    bytesPerWrite: options.bytesPerWrite,
    bill: scene.bill,
    gone,
  });
}

/** Works on one request of a batch. */
export function answerBatchItem(customId: string, given: unknown, shop: Workshop): BatchResult {
  const named = shop.options.batchFaults?.[customId];
  if (named === "expired") return { type: "expired" };
  const fault = typeof named === "string" ? ANTHROPIC_FAULTS[named] : named;
  const refused = fault?.does === "respond" ? fault : refuseForm("call", given, true);
  if (refused) return { type: "errored", error: { ...(refused.body as object), request_id: null } };
  const body = given as AnthropicCallBody;
  const model = shop.models.find(({ id }) => id === body.model);
  const unfit = refuseRequest(body, model);
  if (unfit || !model) return { type: "errored", error: { ...unfit?.body, request_id: null } };
  const message = think(body, model, fault, shop);
  const { blocks } = message.turn;
  shop.bill({ outputTokens: outputTokensOf(blocks), reasoningTokens: thinkingTokensOf(blocks) });
  return { type: "succeeded", message: wholeMessage(message) };
}

/** Reads the prompt, which is billed, and has the answer. */
function think(
  body: AnthropicCallBody,
  model: FakeAnthropicModel,
  fault: AnthropicFault | undefined,
  { options, useCache, bill }: Workshop,
): Message {
  const cache = useCache(body);
  const inputTokens = tokensOf(body);
  bill({ calls: 1, inputTokens, cachedInputTokens: cache.read });
  const turn = spoilTurn(turnFor(body, model, options.answer, noteFrom), fault);
  return { id: "msg_fake", model: model.id, turn, inputTokens, cache };
}

const unworked = (body: AnthropicCallBody, model: FakeAnthropicModel): Message => ({
  id: "msg_fake",
  model: model.id,
  turn: { blocks: [], stopReason: "end_turn", stopSequence: null },
  inputTokens: tokensOf(body),
  cache: { read: 0, written: 0 },
});
