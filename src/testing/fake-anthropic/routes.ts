import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { sendJson } from "../fake-server/response.ts";
import type { BatchReply } from "./batches.ts";
import { answerCall } from "./call.ts";
import { invalid, refusal, type Refusal } from "./error.ts";
import { listModels, showModel } from "./models.ts";
import { refuse } from "./refuse.ts";
import { refuseForm } from "./request-form.ts";
import { refuseRequest, tokensOf } from "./request-rules.ts";
import type { Scene } from "./scene.ts";
import type { AnthropicCallBody } from "./wire.ts";

/** The largest request: beyond it the network in front of the API refuses. */
const MAX_CHARS = 32 * 1024 * 1024;

/** Finds who answers a request, and lets them. */
export async function route(req: IncomingMessage, res: ServerResponse, scene: Scene): Promise<void> {
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://fake");
  const [, version, resource, id = "", batchId = "", action = ""] = pathname.split("/");
  const method = req.method ?? "GET";
  const text = method === "POST" ? await readText(req) : "{}";
  const body = parse(text);
  const isCall = method === "POST" && pathname === "/v1/messages";
  const number = isCall ? scene.open(body as AnthropicCallBody, req.headers) : 0;
  if (resource === "models") scene.lookUp();

  const refused = refuseCaller(req, scene) ?? refuseText(text, body);
  if (refused) return refuse(res, refused, scene);
  if (isCall) return answerCall(req, res, body, number, scene);
  const headers = { "request-id": scene.requestId };
  const reply = (value: BatchReply): Promise<void> | void => {
    if ("does" in value) return refuse(res, value, scene);
    if ("json" in value) return sendJson(res, 200, value.json, headers);
    res.writeHead(200, { "content-type": "application/x-jsonl", ...headers });
    res.end(value.lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  };
  if (version !== "v1") return refuse(res, NOT_FOUND, scene);
  if (resource === "models" && method === "GET") {
    const found = id === "" ? listModels(scene.models, searchParams) : showModel(scene.models, id);
    return reply("does" in found ? (found as Refusal) : { json: found });
  }
  if (pathname === "/v1/messages/count_tokens" && method === "POST") return reply(countTokens(req, body, scene));
  if (resource === "messages" && id === "batches") {
    return reply(answerBatches(method, batchId, action, body, searchParams, scene));
  }
  return refuse(res, NOT_FOUND, scene);
}

const NOT_FOUND = refusal(404, "not_found_error", "Not found");

function answerBatches(
  method: string,
  id: string,
  action: string,
  body: unknown,
  query: URLSearchParams,
  { batches }: Scene,
): BatchReply {
  switch (`${method} ${id === "" ? "" : "id"} ${action}`.trim()) {
    case "POST":
      return batches.create(body);
    case "GET":
      return batches.list(query);
    case "GET id":
      return batches.get(id);
    case "GET id results":
      return batches.results(id);
    case "POST id cancel":
      return batches.cancel(id);
    case "DELETE id":
      return batches.remove(id);
    default:
      return NOT_FOUND;
  }
}

function countTokens(req: IncomingMessage, body: unknown, { models }: Scene): BatchReply {
  const malformed = refuseForm("count", body, req.headers["anthropic-beta"] !== undefined);
  if (malformed) return malformed;
  const asked = { ...(body as AnthropicCallBody), max_tokens: Number.MAX_SAFE_INTEGER };
  const model = models.find(({ id }) => id === asked.model);
  const unlimited = model && { ...model, contextTokens: Infinity, maxOutputTokens: Infinity };
  return refuseRequest(asked, unlimited) ?? { json: { input_tokens: tokensOf(asked) } };
}

/** Who calls without a key, with another, or for no version of the API. */
function refuseCaller(req: IncomingMessage, { options: { apiKey } }: Scene): Refusal | undefined {
  const bearer = req.headers.authorization?.replace(/^Bearer /, "");
  const key = req.headers["x-api-key"] ?? bearer ?? "";
  if (key === "") return refusal(401, "authentication_error", "x-api-key header is required");
  if (apiKey !== undefined && key !== apiKey) {
    return refusal(401, "authentication_error", bearer === undefined ? "invalid x-api-key" : "Invalid bearer token");
  }
  const version = req.headers["anthropic-version"];
  if (version === undefined) return invalid("anthropic-version: header is required");
  return version === "2023-06-01" || version === "2023-01-01"
    ? undefined
    : invalid(`anthropic-version: "${String(version)}" is not a valid version`);
}

function refuseText(text: string, body: unknown): Refusal | undefined {
  if (text.length > MAX_CHARS) return refusal(413, "request_too_large", "Request exceeds the maximum size");
  if (body === undefined)
    return invalid("The request body is not valid JSON: unexpected character: line 1 column 1 (char 0)");
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
