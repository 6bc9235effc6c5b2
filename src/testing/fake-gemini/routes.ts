import type { IncomingMessage, ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { sendJson, sendText } from "../fake-server/response.ts";
import { misbehave } from "../fake-server/transport.ts";
import { answerCall, inList } from "./call.ts";
import { embed, type EmbedRequest } from "./embed.ts";
import { invalid, refusal, type Refusal } from "./error.ts";
import { GEMINI_FAULTS } from "./faults.ts";
import { listModels, showModel } from "./models.ts";
import { camelCased, refuseForm } from "./request-form.ts";
import { refuseRequest, tokensOf } from "./request-rules.ts";
import type { Scene } from "./scene.ts";
import type { GeminiCallBody } from "./wire.ts";

type Reply = Refusal | { readonly json: Readonly<Record<string, unknown>> };

/** Finds who answers a request, and lets them. */
export async function route(req: IncomingMessage, res: ServerResponse, scene: Scene): Promise<void> {
  const url = new URL(req.url ?? "/", "http://fake");
  const text = req.method === "POST" ? await readText(req) : "{}";
  const [, root = "", version] = url.pathname.split("/");
  if (root === "upload" || root === "download") return answerFile(req, res, url, text, scene);
  const [, id = "", verb = ""] = /^\/v1beta\/models\/([^:]+):(\w+)$/.exec(url.pathname) ?? [];
  const isStream = verb === "streamGenerateContent";
  const way = isStream ? (url.searchParams.get("alt") === "sse" ? "events" : "list") : "whole";
  const body = parse(text);
  const isCall = req.method === "POST" && (verb === "generateContent" || isStream);
  const number = isCall ? scene.open({ model: id, isStream, body: body as GeminiCallBody, headers: req.headers }) : 0;
  if (url.pathname.startsWith("/v1beta/models") && req.method === "GET") scene.lookUp();

  const refused = refuseCaller(req, url, scene) ?? (body === undefined ? NO_JSON : undefined);
  if (refused) return misbehave(res, way === "list" ? inList(refused) : refused, scene.gone);
  if (isCall) return answerCall(res, body, id, way, number, scene);
  if (root !== "v1beta") return sendText(res, 404, version ?? "");
  const reply = verb !== "" && req.method === "POST" ? answerVerb(verb, id, body, scene) : answerPath(req, url, scene);
  return "does" in reply ? misbehave(res, reply, scene.gone) : sendJson(res, 200, reply.json);
}

const NOT_FOUND = refusal(404, "NOT_FOUND", "Requested entity was not found.");
const NO_JSON = invalid("Invalid JSON payload received. Unexpected token.");

/** What can be asked of a model beside a content. */
function answerVerb(verb: string, id: string, given: unknown, { models, batches, bill }: Scene): Reply {
  const model = models.find((one) => one.id === id);
  const body = camelCased(given);
  switch (verb) {
    case "countTokens": {
      const { generateContentRequest, ...own } = body as { generateContentRequest?: GeminiCallBody };
      const asked = { contents: [], ...(generateContentRequest ?? (own as Partial<GeminiCallBody>)) };
      return (
        refuseForm("count", body) ??
        refuseRequest(asked, id, model && { ...model, inputTokens: Infinity }, "countTokens") ?? {
          json: {
            totalTokens: tokensOf(asked),
            promptTokensDetails: [{ modality: "TEXT", tokenCount: tokensOf(asked) }],
          },
        }
      );
    }
    case "embedContent": {
      const malformed = refuseForm("embed", body);
      if (malformed) return malformed;
      const vectors = embed([body as EmbedRequest], id, model, verb, bill);
      return "does" in vectors ? vectors : { json: { embedding: vectors[0] } };
    }
    case "batchEmbedContents": {
      const malformed = refuseForm("embedMany", body);
      if (malformed) return malformed;
      const vectors = embed((body as { requests?: readonly EmbedRequest[] }).requests ?? [], id, model, verb, bill);
      return "does" in vectors ? vectors : { json: { embeddings: vectors } };
    }
    case "batchGenerateContent":
      return model ? batches.create(id, body) : NOT_FOUND;
    default:
      return NOT_FOUND;
  }
}

function answerPath(req: IncomingMessage, url: URL, { models, batches }: Scene): Reply {
  const path = url.pathname.replace("/v1beta/", "");
  const [, name = "", isCancel = ""] = /^(batches\/[^:]+)(:cancel)?$/.exec(path) ?? [];
  if (req.method === "POST" && isCancel !== "") return batches.cancel(name);
  if (req.method === "DELETE" && name !== "") return batches.remove(name);
  if (req.method !== "GET") return NOT_FOUND;
  if (name !== "") return batches.get(name);
  if (path === "batches") return batches.list(url.searchParams);
  if (path === "models") return { json: listModels(models, url.searchParams) };
  return path.startsWith("models/") ? showModel(models, path.slice("models/".length)) : NOT_FOUND;
}

/** Uploads come in two steps; the second needs no key, its address is secret. */
async function answerFile(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  text: string,
  scene: Scene,
): Promise<void> {
  const { files, gone } = scene;
  const uploadId = url.searchParams.get("upload_id");
  if (uploadId !== null) {
    const name = files.finish(uploadId, text);
    return typeof name === "string"
      ? sendJson(res, 200, { file: { name, expirationTime: new Date(Date.now() + 48 * 3_600_000).toISOString() } })
      : misbehave(res, name, gone);
  }
  const refused = refuseCaller(req, url, scene);
  if (refused) return misbehave(res, refused, gone);
  if (req.method === "POST") return sendJson(res, 200, {}, { "x-goog-upload-url": files.begin() });
  const found = files.read(decodeURIComponent(url.pathname.replace("/download/v1beta/", "").replace(":download", "")));
  return typeof found === "string"
    ? sendText(res, 200, found, { "content-type": "application/octet-stream" })
    : misbehave(res, found, gone);
}

/** Who calls without a key, or with another. */
function refuseCaller(req: IncomingMessage, url: URL, { options: { apiKey } }: Scene): Refusal | undefined {
  const key = req.headers["x-goog-api-key"] ?? url.searchParams.get("key") ?? "";
  if (key === "") return GEMINI_FAULTS.no_key as Refusal;
  return apiKey !== undefined && key !== apiKey ? (GEMINI_FAULTS.invalid_key as Refusal) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
