import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";

import type { Scene } from "./behaviour.ts";
import { answerCall, answerLoad, isLoadRequest } from "./call-handler.ts";
import { answerEmbed } from "./embed-handler.ts";
import { findModel, psAnswer, showAnswer, tagsAnswer } from "./model-shelf.ts";
import { sendJson, sendText } from "../fake-server/response.ts";
import type { CallBody, CallPath } from "./wire.ts";

/** Finds who answers a request, and lets them. */
export async function route(req: IncomingMessage, res: ServerResponse, scene: Scene): Promise<void> {
  const path = new URL(req.url ?? "/", "http://fake").pathname;
  scene.log.countPath(path);
  switch (`${req.method} ${path}`) {
    case "GET /":
      return sendText(res, 200, "Ollama is running");
    case "GET /api/version":
      return sendJson(res, 200, { version: "0.33.0" });
    case "GET /api/tags":
      return sendJson(res, 200, tagsAnswer(scene.behaviour.models));
    case "GET /api/ps":
      return sendJson(res, 200, psAnswer(scene.runner.loaded));
    case "POST /api/show":
      return withBody(req, res, (body) => answerShow(res, body, scene));
    case "POST /api/chat":
      return withBody(req, res, (body) => answerText(res, "/api/chat", body, scene));
    case "POST /api/generate":
      return withBody(req, res, (body) => answerText(res, "/api/generate", body, scene));
    case "POST /api/embed":
      return withBody(req, res, (body) => answerEmbed(res, body, scene));
    default:
      return sendText(res, 404, "404 page not found");
  }
}

function answerText(res: ServerResponse, path: CallPath, body: CallBody, scene: Scene): Promise<void> {
  if (!isLoadRequest(path, body)) return answerCall(res, path, body, scene);
  scene.log.addLoad(body);
  return answerLoad(res, path, body, scene);
}

async function answerShow(res: ServerResponse, body: CallBody, { behaviour }: Scene): Promise<void> {
  const name = body.model ?? "";
  if (name === "") return sendJson(res, 400, { error: "model is required" });
  const model = findModel(behaviour.models, name);
  if (model === undefined) return sendJson(res, 404, { error: `model '${name}' not found` });
  return sendJson(res, 200, showAnswer(model));
}

/** Reads the body, or answers 400 with the words of Ollama and of Go's JSON reader. */
async function withBody(
  req: IncomingMessage,
  res: ServerResponse,
  answer: (body: CallBody) => Promise<void>,
): Promise<void> {
  const text = await readText(req);
  if (text.trim() === "") return sendJson(res, 400, { error: "missing request body" });
  try {
    return await answer(parseBody(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return sendJson(res, 400, { error: `invalid character '${text.trim()[0]}' looking for beginning of value` });
  }
}

function parseBody(text: string): CallBody {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new SyntaxError("not an object");
  return value;
}
