import type { ServerResponse } from "node:http";
import { sleep } from "../../retry/index.ts";
import { sendJson } from "../fake-server/response.ts";
import { countTokens } from "../fake-server/tokens.ts";
import { DEFAULT_DIMENSIONS, vectorOf } from "../fake-server/vectors.ts";
import type { Scene } from "./behaviour.ts";
import { misbehave } from "./call-handler.ts";
import { faultFor } from "./fault-plan.ts";
import { contextOf } from "./generation.ts";
import { findModel } from "./model-shelf.ts";
import type { EmbedBody } from "./wire.ts";

/** Answers a request for vectors. */
export async function answerEmbed(res: ServerResponse, body: EmbedBody, scene: Scene): Promise<void> {
  const { behaviour, runner, log, gone } = scene;
  const number = log.addEmbed(body);
  const fault = faultFor(behaviour.embedFaults, number, body);
  if (fault !== undefined && (await misbehave(res, fault, behaviour, gone))) return;
  const name = body.model ?? "";
  const model = findModel(behaviour.models, name);
  if (model === undefined) {
    return sendJson(res, 404, { error: `model ${JSON.stringify(name)} not found, try pulling it first` });
  }
  await sleep((runner.load(model, body) ? behaviour.loadMs : 0) + behaviour.delayMs, gone);
  const { input = [], dimensions = DEFAULT_DIMENSIONS, truncate = true } = body;
  const texts = typeof input === "string" ? [input] : input;
  const most = Math.min(contextOf(body), model.contextLength ?? Infinity);
  const tokens = texts.map(countTokens);
  if (!truncate && tokens.some((count) => count > most)) {
    return sendJson(res, 400, { error: "the input length exceeds the context length" });
  }
  return sendJson(res, 200, {
    model: name,
    embeddings: texts.map((text) => vectorOf(text, dimensions)),
    total_duration: 14_143_917,
    load_duration: 1_019_500,
    prompt_eval_count: tokens.reduce((sum, count) => sum + Math.min(count, most), 0),
  });
}
