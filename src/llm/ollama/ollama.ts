import {
  outputCapOf,
  type GenerateAnswer,
  type GenerateRequest,
  type Model,
  type ModelInfo,
} from "../../core/model/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import { showAddress } from "../http/address-text.ts";
import { DEFAULT_OLLAMA_URL } from "./address.ts";
import { chat } from "./chat.ts";
import { chatBody, type ChatSettings, type Think } from "./chat-body.ts";
import { checkModel } from "./check.ts";
import { describeModel, listModels, type ModelFacts, type Place } from "./model-facts.ts";
import { createTransport, type HttpTimeouts } from "../http/transport.ts";

/** Settings of {@link createOllama}. */
export interface OllamaOptions {
  /** As Ollama names it; no tag means `latest`. */
  readonly model: string;
  /** @default "http://127.0.0.1:11434" */
  readonly baseUrl?: string;
  /**
   * Tokens of context, one value for the whole run: another one makes Ollama load the model again. Never more than the
   * model was made for. @default 8192
   */
  readonly numCtx?: number;
  /** @default the model's own */
  readonly temperature?: number;
  /** The most tokens of an answer whose request does not say, thinking included. @default 8192, or `numCtx` */
  readonly maxOutputTokens?: number;
  /** Whether the model thinks before it answers; ignored for models that cannot. @default false, or "low" for gpt-oss */
  readonly think?: Think;
  /** How long the model stays in memory after a call: seconds, or a string such as "30m". @default the server's own */
  readonly keepAlive?: string | number;
  /** More of Ollama's `options`, sent with each call: `{ top_p: 0.9, seed: 7 }`. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** How long to wait for the server; what is absent has its default. */
  readonly timeouts?: HttpTimeouts;
}

/** Ollama's own default of 4096 on small machines is short for a conversation; more than this costs memory. */
const DEFAULT_NUM_CTX = 8192;

/**
 * A model of an Ollama server, through its native API (the OpenAI-compatible one cannot set the context). It never
 * retries, and never lets Ollama cut a prompt silently: one that does not fit is a `StepError` of kind
 * `input_too_long`.
 *
 * Its `fingerprint` is complete once `check` or the first `generate` has learned what the model is.
 *
 * @example
 * ```ts
 * import { createOllama } from "holdfast/llm";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * // The server of a test; without `baseUrl` it is the Ollama of this machine.
 * await using server = await startFakeOllama({ answer: () => "Kelp grips rock." });
 * const model = createOllama({ model: "llama3.2", baseUrl: server.url, numCtx: 4096, temperature: 0 });
 * console.log((await model.check()).contextTokens);
 * const { text, usage } = await model.generate({ prompt: "What does kelp do?" });
 * console.log(text, usage);
 * // prints: 4096
 * // prints: Kelp grips rock. { inputTokens: 5, outputTokens: 4 }
 * ```
 */
export function createOllama(options: OllamaOptions): Model {
  refuseBadOptions(options);
  const baseUrl = options.baseUrl ?? DEFAULT_OLLAMA_URL;
  const { model } = options;
  const place: Place = { transport: createTransport(baseUrl, options.timeouts), address: showAddress(baseUrl) };
  let known: ModelFacts | undefined;

  async function learn(signal: AbortSignal | undefined): Promise<ModelFacts> {
    known ??= await describeModel(place, model, await listModels(place, signal), signal);
    return known;
  }

  return {
    id: `ollama:${model}`,
    lane: "ollama",
    get fingerprint() {
      return fingerprintOf(options, known);
    },
    async check(signal?: AbortSignal): Promise<ModelInfo> {
      const { facts, info } = await checkModel(place, model, (found) => settle(options, found), signal);
      known = facts;
      return { ...info, notes: [...notesOn(options, facts), ...info.notes] };
    },
    async inspect(signal?: AbortSignal): Promise<ModelInfo> {
      const { facts, info } = await checkModel(place, model, (found) => settle(options, found), signal, {
        isLoaded: false,
      });
      known = facts;
      return { ...info, notes: [...notesOn(options, facts), ...info.notes] };
    },
    async generate(request: GenerateRequest): Promise<GenerateAnswer> {
      const { signal } = request;
      signal?.throwIfAborted();
      const settings = settle(options, known ?? (await learn(signal)));
      const maxOutputTokens = outputCapOf(request, {
        maxOutputTokens: options.maxOutputTokens,
        contextTokens: settings.numCtx,
      });
      return chat(place.transport, {
        body: chatBody(settings, { ...request, maxOutputTokens }),
        maxOutputTokens,
        address: place.address,
        onPart: request.onPart,
        signal,
      });
    },
  };
}

/** The options of every call, once the model's abilities are known. */
function settle(options: OllamaOptions, facts: ModelFacts): ChatSettings {
  return {
    model: options.model,
    numCtx: Math.min(options.numCtx ?? DEFAULT_NUM_CTX, facts.contextTokens ?? Infinity),
    temperature: options.temperature,
    think: facts.canThink ? (options.think ?? (facts.thinksInLevels ? "low" : false)) : undefined,
    keepAlive: options.keepAlive,
    providerOptions: options.providerOptions ?? {},
  };
}

function notesOn(options: OllamaOptions, facts: ModelFacts): readonly string[] {
  const { numCtx = 0, think = false } = options;
  const notes: string[] = [];
  if (facts.contextTokens !== undefined && numCtx > facts.contextTokens) {
    notes.push(`The model was made for ${facts.contextTokens} tokens of context, used instead of ${numCtx}.`);
  }
  if (think !== false && !facts.canThink) notes.push("The model has no thinking mode, so it answers without.");
  return notes;
}

/** Everything that changes answers, as readable text; before the check it has `digest=unknown`. */
function fingerprintOf(options: OllamaOptions, facts: ModelFacts | undefined): string {
  const settings = facts && settle(options, facts);
  return [
    `ollama:${options.model}`,
    `digest=${facts?.digest ?? "unknown"}`,
    `num_ctx=${settings?.numCtx ?? options.numCtx ?? DEFAULT_NUM_CTX}`,
    `temperature=${options.temperature ?? "default"}`,
    `think=${settings?.think ?? "none"}`,
    ...(Object.keys(options.providerOptions ?? {}).length === 0
      ? []
      : [`options=${JSON.stringify(options.providerOptions)}`]),
  ].join(" ");
}

function refuseBadOptions({ model, numCtx, maxOutputTokens, timeouts = {} }: OllamaOptions): void {
  if (model.trim() === "") throw new RangeError("Expected `model` to be the name of a model, got an empty string");
  for (const [name, value] of Object.entries({ numCtx, maxOutputTokens })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries(timeouts)) {
    if (!(value > 0)) throw new RangeError(`Expected \`timeouts.${name}\` to be above 0, got ${value}`);
  }
}
