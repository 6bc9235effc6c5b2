import {
  DEFAULT_MAX_OUTPUT_TOKENS,
  type GenerateAnswer,
  type GenerateRequest,
  type Model,
  type ModelInfo,
} from "../../core/model/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { failureAfterTrial, keyHider, LearntRoom } from "../faults/index.ts";
import { showAddress } from "../http/address-text.ts";
import { isThisMachine } from "../http/this-machine.ts";
import { createTransport, type HttpTimeouts } from "../http/transport.ts";
import { billedAs } from "../prices/index.ts";
import { DEFAULT_OPENAI_URL } from "./address.ts";
import { chat, type Place } from "./chat.ts";
import { chatBody } from "./chat-body.ts";
import { checkModel } from "./check.ts";
import { takenAtFirst } from "./taken-fields.ts";
import { tryModel } from "./try-model.ts";

/** Settings of {@link createOpenAI}. */
export interface OpenAIOptions {
  /** As the server names it. */
  readonly model: string;
  /** @default "https://api.openai.com/v1" */
  readonly baseUrl?: string;
  /** Sent as a bearer token and never shown; a local server needs none. */
  readonly apiKey?: string;
  /** Tokens of context, if the server does not report them or you want fewer. The API cannot set it. */
  readonly contextTokens?: number;
  /** @default the model's own */
  readonly temperature?: number;
  /** The most tokens of an answer whose request does not say, thinking included. @default 8192 */
  readonly maxOutputTokens?: number;
  /** Fields of the server's own, sent with each call: `{ reasoning_effort: "low" }`, `{ service_tier: "flex" }`. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** Headers of each call, such as `OpenAI-Organization`. The key has a place of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for the server; what is absent has its default. */
  readonly timeouts?: HttpTimeouts;
}

/**
 * A model behind an OpenAI-compatible API: OpenAI, vLLM, LM Studio, llama.cpp's server, OpenRouter and others. It never
 * retries by itself. For Ollama, `createOllama` is better: this API cannot set the context.
 *
 * @example
 * ```ts
 * import { createOpenAI } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * // The server of a test; without `baseUrl` it is OpenAI's.
 * await using server = await startFakeOpenAI({ answer: () => "Kelp grips rock.", apiKey: "key-of-a-test" });
 * const model = createOpenAI({ model: "m", baseUrl: server.url, apiKey: "key-of-a-test" });
 * const { text, usage } = await model.generate({ prompt: "What does kelp do?", maxOutputTokens: 100 });
 * console.log(text, usage);
 * // prints: Kelp grips rock. { inputTokens: 5, outputTokens: 4 }
 * ```
 */
export function createOpenAI(options: OpenAIOptions): Model {
  refuseBadOptions(options);
  const { model, baseUrl = DEFAULT_OPENAI_URL, apiKey, contextTokens, temperature } = options;
  const { maxOutputTokens = DEFAULT_MAX_OUTPUT_TOKENS, providerOptions = {}, headers = {} } = options;
  const address = showAddress(baseUrl);
  const host = new URL(baseUrl).hostname;
  const isRemote = !isThisMachine(host) && !NEARBY.test(host);
  const settings = { model, temperature, providerOptions };
  /** What the server takes, learnt from its refusals, for as long as the model lives. */
  let taken = takenAtFirst({ isOpenAI: host === "api.openai.com" });
  const learnt = new LearntRoom();
  const place: Place = {
    transport: createTransport(baseUrl, options.timeouts),
    root: baseUrl.endsWith("/v1") ? createTransport(baseUrl.slice(0, -"/v1".length), options.timeouts) : undefined,
    headers: { ...lowerCased(headers), ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
    server: address,
    hide: keyHider(apiKey),
  };
  const check = (mayTry: boolean, signal: AbortSignal | undefined): Promise<ModelInfo> =>
    checkModel(place, { model, contextTokens, isRemote, cap: taken.cap, mayTry, signal });

  return {
    id: `openai:${model}`,
    fingerprint: fingerprintOf(options, address),
    lane: "openai",
    billedAs: billedAs(host, model),
    check: (signal?: AbortSignal): Promise<ModelInfo> => check(true, signal),
    inspect: (signal?: AbortSignal): Promise<ModelInfo> => check(false, signal),
    async generate(request: GenerateRequest): Promise<GenerateAnswer> {
      const { signal, idempotencyKey, onPart } = request;
      const wanted = request.maxOutputTokens ?? maxOutputTokens;
      const characters = charactersOf(request);
      for (let refusals = 0; ; refusals += 1) {
        signal?.throwIfAborted();
        const asked = taken;
        const allowed = Math.min(wanted, asked.mostOutputTokens);
        const room = learnt.of(characters);
        const capped = { ...request, maxOutputTokens: Math.min(allowed, room) };
        const body = chatBody(settings, capped, asked);
        const mayAdapt = refusals < MOST_REFUSALS;
        const call = {
          body,
          taken: asked,
          mayAdapt,
          maxOutputTokens: capped.maxOutputTokens,
          cappedBy: room < allowed ? ("context" as const) : ("cap" as const),
          headers: lowerCased(request.headers ?? {}),
          idempotencyKey,
          onPart,
          signal,
        };
        const outcome = await chat(place, call);
        if ("answer" in outcome) return outcome.answer;
        if ("doubt" in outcome) {
          const trial = await tryModel(place, { model, cap: asked.cap, signal });
          throw failureAfterTrial(outcome.doubt, trial, { ...outcome.evidence, hide: place.hide });
        }
        if ("room" in outcome) learnt.learn(outcome.room, characters);
        // Another call may have learnt the same, or something else, meanwhile.
        else if (taken === asked) taken = outcome.takes;
      }
    },
  };
}

const charactersOf = ({ system = "", prompt }: GenerateRequest): number => system.length + prompt.length;

/** Everything that changes answers, as readable text. */
function fingerprintOf({ model, temperature, providerOptions = {} }: OpenAIOptions, address: string): string {
  const own = Object.keys(providerOptions).length === 0 ? "" : ` options=${JSON.stringify(providerOptions)}`;
  return `openai:${model} at=${address} temperature=${temperature ?? "default"}${own}`;
}

/** Names of headers are the same in capitals: of two, the later one counts. */
const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** A call is written in another way so often: a server has a few fields that it may not take, and one that refuses all is none of ours. */
const MOST_REFUSALS = 8;

/** A machine in the same house. */
const NEARBY = /\.local$/i;

function refuseBadOptions({ model, contextTokens, maxOutputTokens, timeouts = {} }: OpenAIOptions): void {
  if (model.trim() === "") throw new RangeError("Expected `model` to be the name of a model, got an empty string");
  for (const [name, value] of Object.entries({ contextTokens, maxOutputTokens })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries(timeouts)) {
    if (!(value > 0)) throw new RangeError(`Expected \`timeouts.${name}\` to be above 0, got ${value}`);
  }
}
