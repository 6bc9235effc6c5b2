import type { ServerResponse } from "node:http";
import { noteFrom } from "../fake-server/note.ts";
import { plannedFault } from "../fake-server/plan.ts";
import { pause } from "../fake-server/response.ts";
import { misbehave, type TransportFault } from "../fake-server/transport.ts";
import type { BatchResult } from "./batches.ts";
import { piecesOf, WHOLE, wholeAnswer, type Answer } from "./content.ts";
import { refusal, type GeminiError } from "./error.ts";
import { GEMINI_FAULTS, type GeminiFault } from "./faults.ts";
import { sendStream, sendWhole, type Sending } from "./reply.ts";
import { camelCased, refuseForm } from "./request-form.ts";
import { refuseRequest, tokensOf } from "./request-rules.ts";
import type { Scene, Workshop } from "./scene.ts";
import { spoilTurn, turnFor } from "./turn.ts";
import type { FakeGeminiModel, GeminiCallBody } from "./wire.ts";

/** Answers a call for a content. */
export async function answerCall(
  res: ServerResponse,
  given: unknown,
  id: string,
  way: Sending["way"],
  number: number,
  scene: Scene,
): Promise<void> {
  const { options, models, gone } = scene;
  const refuse = (fault: TransportFault): Promise<void> => misbehave(res, way === "list" ? inList(fault) : fault, gone);
  const fault = plannedFault(options.faults ?? [], GEMINI_FAULTS, number);
  if (fault?.does === "respond" || fault?.does === "reset" || fault?.does === "hang") return refuse(fault);
  const body = camelCased(given) as GeminiCallBody;
  const malformed = refuseForm("call", body);
  if (malformed) return refuse(malformed);
  const model = models.find((one) => one.id === id);
  const method = way === "whole" ? "generateContent" : "streamGenerateContent";
  const unfit = refuseRequest(body, id, model, method);
  if (unfit || !model) return unfit && refuse(unfit);
  await pause(options.delayMs ?? 0, gone);

  const answer = think(body, model, fault, scene);
  // What a stream says in a chunk is a status where there is no stream.
  if (fault?.does === "error_mid_stream" && way === "whole") {
    const { code, status, message } = fault.error;
    return refuse(refusal(code, status, message));
  }
  const send = way === "whole" ? sendWhole : sendStream;
  return send(res, {
    answer,
    way,
    tokensPerEvent: options.tokensPerEvent ?? 8,
    msPerEvent: options.msPerEvent ?? 0,
    bytesPerWrite: options.bytesPerWrite,
    bill: scene.bill,
    gone,
  });
}

/** Works on one request of a batch. */
export function answerBatchItem(id: string, key: string, given: unknown, shop: Workshop): BatchResult {
  const named = shop.options.batchFaults?.[key];
  const fault = typeof named === "string" ? GEMINI_FAULTS[named] : named;
  const body = camelCased(given) as GeminiCallBody;
  const model = shop.models.find((one) => one.id === id);
  if (fault?.does === "respond") return fault.body as { readonly error: GeminiError };
  const refused = refuseForm("call", body) ?? refuseRequest(body, id, model, "batchGenerateContent");
  if (refused || !model) return { error: { ...refused?.body.error } };
  const answer = think(body, model, fault, shop);
  for (const { tokens, isThinking } of piecesOf(answer, WHOLE)) {
    shop.bill({ outputTokens: tokens, ...(isThinking && { reasoningTokens: tokens }) });
  }
  return { response: wholeAnswer(answer) };
}

/** Reads the prompt, which is billed, and has the answer. */
function think(
  body: GeminiCallBody,
  model: FakeGeminiModel,
  fault: GeminiFault | undefined,
  { options, bill }: Workshop,
): Answer {
  const promptTokens = tokensOf(body);
  const cachedTokens = Math.min(promptTokens, options.cachedTokens ?? 0);
  bill({ calls: 1, inputTokens: promptTokens, cachedInputTokens: cachedTokens });
  const turn = spoilTurn(turnFor(body, model, options.answer, noteFrom), fault);
  return { model: model.id, turn, promptTokens, cachedTokens, fault };
}

/** A stream that is no SSE is a list, and so are its errors. */
export const inList = (fault: TransportFault): TransportFault =>
  fault.does === "respond" && typeof fault.body === "object" ? { ...fault, body: [fault.body] } : fault;
