import type { ServerResponse } from "node:http";
import { sleep } from "../../retry/index.ts";
import type { Books } from "../fake-server/books.ts";
import { breakConnection, sendJson } from "../fake-server/response.ts";
import { countTokens } from "../fake-server/tokens.ts";
import { DEFAULT_DIMENSIONS, vectorOf } from "../fake-server/vectors.ts";
import { faultFor, type OpenAIFaultPlan } from "./fault-plan.ts";
import { OPENAI_FAULTS, tooLong, type OpenAIFault } from "./faults.ts";
import { misbehave } from "./misbehave.ts";
import type { FakeOpenAIModel, OpenAIEmbeddingBody } from "./wire.ts";

/** OpenAI's limits: so many texts in a call, and so many tokens in all of them together. */
const MOST_INPUTS = 2048;
const MOST_TOKENS = 300_000;

/** What answering a request for vectors may use. */
interface Scene {
  readonly options: {
    readonly embeddingFaults?: OpenAIFaultPlan;
    readonly vector?: (text: string, dimensions: number) => readonly number[];
    readonly delayMs?: number;
  };
  readonly models: readonly FakeOpenAIModel[];
  /** Of the request. */
  readonly number: number;
  readonly gone: AbortSignal;
  readonly bill: (more: Partial<Books>) => void;
}

/** Answers a request for vectors. */
export async function answerEmbedding(
  res: ServerResponse,
  body: OpenAIEmbeddingBody,
  { options, models, number, gone, bill }: Scene,
): Promise<void> {
  const { embeddingFaults = [], vector = vectorOf, delayMs = 0 } = options;
  const fault = faultFor(embeddingFaults, number);
  if (fault?.does === "respond" || fault?.does === "reset" || fault?.does === "hang") {
    return misbehave(res, fault, gone);
  }
  const model = models.find(({ id, answersToAnyName }) => id === body.model || answersToAnyName);
  if (!model) return misbehave(res, OPENAI_FAULTS.model_not_found, gone);
  const { input = [], dimensions = DEFAULT_DIMENSIONS, encoding_format: format } = body;
  const texts = typeof input === "string" ? [input] : input;
  const tokens = texts.map(countTokens);
  const total = tokens.reduce((sum, more) => sum + more, 0);
  const refusal = embeddingRefusal(texts, { most: Math.max(0, ...tokens), total, contextTokens: model.contextTokens });
  if (refusal) return misbehave(res, refusal, gone);
  await sleep(delayMs, gone);
  bill({ calls: 1, inputTokens: total });
  // Last first: only the index says which is which.
  const data = texts
    .map((text, index) => ({ object: "embedding", index, embedding: encoded(vector(text, dimensions), format) }))
    .toReversed();
  const list = { object: "list", data, model: body.model };
  if (fault?.does === "omit_usage") return sendJson(res, 200, list);
  // What breaks a stream off in the middle breaks this off too.
  if (fault) {
    res.writeHead(200, { "content-type": "application/json", "content-length": "1000000" });
    res.write('{"object":"list","data":[', () => breakConnection(res));
    return;
  }
  return sendJson(res, 200, { ...list, usage: { prompt_tokens: total, total_tokens: total } });
}

function embeddingRefusal(
  texts: readonly string[],
  {
    most,
    total,
    contextTokens = Infinity,
  }: { readonly most: number; readonly total: number; readonly contextTokens?: number | undefined },
): OpenAIFault | undefined {
  const refuse = (message: string, code: string | null, type = "invalid_request_error"): OpenAIFault => ({
    does: "respond",
    status: 400,
    body: { error: { message, type, param: null, code } },
  });
  if (texts.length > MOST_INPUTS)
    return refuse(`'$.input' is invalid. Too many inputs: ${texts.length} > ${MOST_INPUTS}.`, null);
  if (texts.length === 0 || texts.includes("")) return refuse("'$.input' is invalid. It may not be empty.", null);
  if (total > MOST_TOKENS) {
    const kind = "max_tokens_per_request";
    return refuse(`Requested ${total} tokens, max ${MOST_TOKENS} tokens per request`, kind, kind);
  }
  return most > contextTokens ? tooLong(most, contextTokens) : undefined;
}

const encoded = (vector: readonly number[], format: string | undefined): readonly number[] | string =>
  format === "base64" ? Buffer.from(Float32Array.from(vector).buffer).toString("base64") : vector;
