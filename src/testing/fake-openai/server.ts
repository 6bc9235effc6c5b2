/// <reference lib="esnext.disposable" preserve="true" />
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";
import { sleep } from "../../retry/index.ts";
import { keepBooks, type Books } from "../fake-server/books.ts";
import { listenOn } from "../fake-server/listener.ts";
import { noteFrom } from "../fake-server/note.ts";
import { sendJson, sendText, setHeaders } from "../fake-server/response.ts";
import { countTokens, firstTokens } from "../fake-server/tokens.ts";
import { promptOf } from "../fake-ollama/index.ts";
import { faultFor, type OpenAIFaultPlan } from "./fault-plan.ts";
import { OPENAI_FAULTS, tooLong, type OpenAIFault } from "./faults.ts";
import { answerEmbedding } from "./embeddings.ts";
import { misbehave } from "./misbehave.ts";
import { sendReply } from "./stream.ts";
import { wrongRequest } from "./wrong-request.ts";
import type { FakeOpenAIModel, OpenAICall, OpenAICallBody, OpenAIEmbeddingBody, OpenAIEmbeddingCall } from "./wire.ts";

/** How {@link startFakeOpenAI} behaves. */
export interface FakeOpenAIOptions {
  /** @default one model, `m` */
  readonly models?: readonly FakeOpenAIModel[];
  /** Refuses every request without this key. @default no key is asked for */
  readonly apiKey?: string;
  /** Which calls go wrong, and how. @default none */
  readonly faults?: OpenAIFaultPlan;
  /** Which requests for vectors go wrong, and how. @default none */
  readonly embeddingFaults?: OpenAIFaultPlan;
  /** What the vector of a text is. @default a unit vector that is made from the text, of as many dimensions as are asked for, or 8 */
  readonly vector?: (text: string, dimensions: number) => readonly number[];
  /** What goes wrong with the list of models, always or at one look-up (from 1). @default nothing */
  readonly modelsFault?: OpenAIFault | ((lookUp: number) => OpenAIFault | undefined);
  /** What `GET` gives beside the API, by path: `/props` of llama.cpp's server, `/api/v0/models` of LM Studio. @default nothing */
  readonly pages?: Readonly<Record<string, unknown>>;
  /** What the model says to a request. @default a note in Markdown sections made from the prompt */
  readonly answer?: (body: OpenAICallBody) => string;
  /** Sent with each answer to a call, refusals included; what a fault sends goes before them. @default none */
  readonly headers?: ((call: number) => Readonly<Record<string, string>>) | Readonly<Record<string, string>>;
  /** Work before the first byte of each answer, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** Tokens in each event of a streamed answer. @default 8 */
  readonly tokensPerEvent?: number;
  /** How long the model takes for each event, in milliseconds. @default 0 */
  readonly msPerEvent?: number;
  /** Tokens of each prompt that it has in its cache: as many as it may be, at most all. @default 0 */
  readonly cachedTokens?: number;
  /** Cuts the stream into writes of so many bytes, through the middle of lines and characters. @default whole events */
  readonly bytesPerWrite?: number;
  /** Answers in one piece whatever is asked for, as servers without streaming do. @default false */
  readonly neverStreams?: boolean;
  /** Closes a kept connection that was idle for so long, in milliseconds. @default never */
  readonly closesIdleAfterMs?: number;
  /** @default a free one */
  readonly port?: number;
}

/** A running fake, which counts what it is asked. Dispose of it to free its port. */
export interface FakeOpenAI extends AsyncDisposable {
  /** The base URL: `http://127.0.0.1:<port>/v1` */
  readonly url: string;
  /** All requests for an answer, in the order in which they came. */
  readonly calls: readonly OpenAICall[];
  /** All requests for vectors, in the order in which they came. They have numbers of their own, and a fault plan of their own. */
  readonly embeddingCalls: readonly OpenAIEmbeddingCall[];
  /** What it has worked on and will bill, also of answers that never arrived. */
  readonly books: Books;
  /** How often the list of models was asked for. */
  readonly lookUps: number;
}

/**
 * Starts a server on 127.0.0.1 that answers like an OpenAI-compatible API, faults included; one token is four
 * characters.
 *
 * @example
 * ```ts
 * import { createOpenAI } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * await using server = await startFakeOpenAI({ answer: ({ messages }) => `${messages?.length} message` });
 * const model = createOpenAI({ model: "m", baseUrl: server.url });
 * console.log((await model.generate({ prompt: "What is kelp?" })).text, server.calls.length);
 * // prints: 1 message 1
 * ```
 */
export async function startFakeOpenAI(options: FakeOpenAIOptions = {}): Promise<FakeOpenAI> {
  const calls: OpenAICall[] = [];
  const embeddingCalls: OpenAIEmbeddingCall[] = [];
  const keeper = keepBooks();
  let lookUps = 0;
  const server = createServer((req, res) => {
    const gone = new AbortController();
    res.once("close", () => gone.abort());
    // Said by ourselves, so that no header tells when the connection will be closed: many a proxy does not.
    if (options.closesIdleAfterMs !== undefined) res.setHeader("connection", "keep-alive");
    const scene: Scene = {
      options,
      gone: gone.signal,
      open: (body) => calls.push({ number: calls.length + 1, body, headers: req.headers, atMs: Date.now() }),
      openEmbedding: (body) =>
        embeddingCalls.push({ number: embeddingCalls.length + 1, body, headers: req.headers, atMs: Date.now() }),
      bill: (more) => keeper.add(more),
      lookUp: () => (lookUps += 1),
    };
    route(req, res, scene).catch((error: unknown) => {
      if (!gone.signal.aborted) res.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.keepAliveTimeout = options.closesIdleAfterMs ?? 0;
  const listener = await listenOn(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${listener.port}/v1`,
    calls,
    embeddingCalls,
    get books() {
      return keeper.books;
    },
    get lookUps() {
      return lookUps;
    },
    [Symbol.asyncDispose]: () => listener.close(),
  };
}

/** What the handling of one request may use. */
interface Scene {
  readonly options: FakeOpenAIOptions;
  readonly gone: AbortSignal;
  /** Counts a call, and gives its number. */
  readonly open: (body: OpenAICallBody) => number;
  readonly openEmbedding: (body: OpenAIEmbeddingBody) => number;
  /** Counts a look-up, and gives its number. */
  readonly lookUp: () => number;
  /** Counts what the model has worked on. */
  readonly bill: (more: Partial<Books>) => void;
}

async function route(req: IncomingMessage, res: ServerResponse, scene: Scene): Promise<void> {
  const { apiKey, pages = {} } = scene.options;
  const isLetIn = apiKey === undefined || req.headers.authorization === `Bearer ${apiKey}`;
  const path = new URL(req.url ?? "/", "http://fake").pathname;
  switch (`${req.method} ${path}`) {
    case "GET /v1/models": {
      const number = scene.lookUp();
      return isLetIn ? answerLookUp(res, number, scene) : refuseKey(req, res);
    }
    case "POST /v1/chat/completions": {
      const body = JSON.parse(await readText(req)) as OpenAICallBody;
      const number = scene.open(body);
      const { headers = {} } = scene.options;
      setHeaders(res, typeof headers === "function" ? headers(number) : headers);
      return isLetIn ? answerCall(res, body, number, scene) : refuseKey(req, res);
    }
    case "POST /v1/embeddings": {
      const body = JSON.parse(await readText(req)) as OpenAIEmbeddingBody;
      const number = scene.openEmbedding(body);
      const { headers = {} } = scene.options;
      setHeaders(res, typeof headers === "function" ? headers(number) : headers);
      return isLetIn
        ? answerEmbedding(res, body, { ...scene, models: scene.options.models ?? DEFAULT_MODELS, number })
        : refuseKey(req, res);
    }
    default: {
      const found = req.method === "GET" ? pages[path] : undefined;
      return found === undefined ? sendText(res, 404, "404 page not found") : sendJson(res, 200, found);
    }
  }
}

async function answerLookUp(res: ServerResponse, number: number, { options, gone }: Scene): Promise<void> {
  const { models = DEFAULT_MODELS, modelsFault } = options;
  const fault = typeof modelsFault === "function" ? modelsFault(number) : modelsFault;
  if (fault) return misbehave(res, fault, gone);
  const data = models.flatMap(({ id, contextTokens, listedAs = id, meta }) =>
    listedAs === ""
      ? []
      : [
          {
            id: listedAs,
            object: "model",
            ...(meta ? { owned_by: "llamacpp", meta } : { max_model_len: contextTokens }),
          },
        ],
  );
  return sendJson(res, 200, { object: "list", data });
}

const noteOn = (body: OpenAICallBody): string => noteFrom(promptOf(body));

const DEFAULT_MODELS: readonly FakeOpenAIModel[] = [{ id: "m" }];

async function answerCall(res: ServerResponse, body: OpenAICallBody, number: number, scene: Scene): Promise<void> {
  const { models = DEFAULT_MODELS, faults = [], answer = noteOn, delayMs = 0, neverStreams = false } = scene.options;
  const fault = faultFor(faults, number);
  if (fault?.does === "respond" || fault?.does === "reset" || fault?.does === "hang") {
    return misbehave(res, fault, scene.gone);
  }
  const wrong = wrongRequest(body);
  if (wrong) return misbehave(res, wrong, scene.gone);
  const model = models.find(({ id, answersToAnyName }) => id === body.model || answersToAnyName);
  if (!model) return misbehave(res, OPENAI_FAULTS.model_not_found, scene.gone);
  const promptTokens = countTokens(promptOf(body));
  const { contextTokens = Infinity } = model;
  if (promptTokens >= contextTokens) return misbehave(res, tooLong(promptTokens, contextTokens), scene.gone);
  await sleep(delayMs, scene.gone);

  const said = answer(body);
  const most = Math.min(body.max_tokens ?? body.max_completion_tokens ?? Infinity, contextTokens - promptTokens);
  const isCut = countTokens(said) > most;
  return sendReply(
    res,
    {
      body: neverStreams ? { ...body, stream: false } : body,
      text: isCut ? firstTokens(said, most) : said,
      promptTokens,
      finishReason: isCut ? "length" : "stop",
      fault,
      cachedTokens: Math.min(promptTokens, scene.options.cachedTokens ?? 0),
      tokensPerEvent: scene.options.tokensPerEvent ?? 8,
      msPerEvent: scene.options.msPerEvent ?? 0,
      bill: scene.bill,
      bytesPerWrite: scene.options.bytesPerWrite,
    },
    scene.gone,
  );
}

/** Some servers repeat the key they were given. */
function refuseKey(req: IncomingMessage, res: ServerResponse): void {
  const given = (req.headers.authorization ?? "").replace("Bearer ", "");
  const message = given === "" ? "You did not provide an API key." : `Incorrect API key provided: ${given}.`;
  sendJson(res, 401, { error: { message, type: "invalid_request_error", param: null, code: "invalid_api_key" } });
}
