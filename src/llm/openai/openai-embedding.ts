import { HoldfastError, StepError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { EmbeddingModel, ModelInfo } from "../../core/model/index.ts";
import { keyHider } from "../faults/index.ts";
import { showAddress } from "../http/address-text.ts";
import { isThisMachine } from "../http/this-machine.ts";
import { createTransport, type HttpTimeouts } from "../http/transport.ts";
import { billedAs } from "../prices/index.ts";
import { DEFAULT_OPENAI_URL } from "./address.ts";
import type { Place } from "./chat.ts";
import { embed, TRIAL } from "./embed.ts";

/** Settings of {@link createOpenAIEmbedding}. */
export interface OpenAIEmbeddingOptions {
  /** As the server names it: `text-embedding-3-small`. */
  readonly model: string;
  /** @default "https://api.openai.com/v1" */
  readonly baseUrl?: string;
  /** Sent as a bearer token and never shown; a local server needs none. */
  readonly apiKey?: string;
  /** How long the vectors are, for models that let one choose. @default the model's own */
  readonly dimensions?: number;
  /** The most texts in one call. OpenAI allows 2048; an answer of more than 64 MB is refused. @default 512 */
  readonly mostValues?: number;
  /** The most tokens in one call, by an estimate; OpenAI allows 300,000, Mistral 16,384. @default 150_000 */
  readonly mostTokens?: number;
  /** Fields of the server's own, sent with each call: `{ encoding_format: "base64" }`, `{ user: "kelp" }`. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** Headers of each call. The key has a place of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for the server; what is absent has its default. */
  readonly timeouts?: HttpTimeouts;
}

/**
 * An embedding model behind an OpenAI-compatible API: OpenAI, vLLM, LM Studio, llama.cpp's server, Mistral and others. It never
 * retries by itself.
 *
 * @example
 * ```ts
 * import { createOpenAIEmbedding } from "holdfast/llm";
 * import { startFakeOpenAI } from "holdfast/testing";
 *
 * // The server of a test; without `baseUrl` it is OpenAI's.
 * await using server = await startFakeOpenAI();
 * const model = createOpenAIEmbedding({ model: "m", baseUrl: server.url, dimensions: 2 });
 * const { embeddings, usage } = await model.embed({ values: ["kelp", "rock"] });
 * console.log(embeddings.map((vector) => vector.length), usage);
 * // prints: [ 2, 2 ] { inputTokens: 2 }
 * ```
 */
export function createOpenAIEmbedding(options: OpenAIEmbeddingOptions): EmbeddingModel {
  refuseBadOptions(options);
  const { model, baseUrl = DEFAULT_OPENAI_URL, apiKey, dimensions, providerOptions = {}, headers = {} } = options;
  const { mostValues = 512, mostTokens = 150_000 } = options;
  const address = showAddress(baseUrl);
  const host = new URL(baseUrl).hostname;
  const place: Place = {
    transport: createTransport(baseUrl, options.timeouts),
    root: undefined,
    headers: { ...headers, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
    server: address,
    hide: keyHider(apiKey),
  };
  const settings = { ...providerOptions, model, ...(dimensions !== undefined && { dimensions }) };
  const sent = isThisMachine(host) ? [] : [`What you embed is sent to ${address}.`];

  return {
    id: `openai:${model}`,
    fingerprint: fingerprintOf(options, address),
    lane: "openai embeddings",
    billedAs: billedAs(host, model),
    mostValues,
    mostTokens,
    embed: ({ values, signal }) => embed(place, { settings, values, signal }),
    async check(signal): Promise<ModelInfo> {
      try {
        const trial = { settings, values: [TRIAL], signal };
        // A connection that was closed meanwhile breaks once.
        const { embeddings } = await embed(place, trial).catch((error: unknown) => {
          signal?.throwIfAborted();
          if (isAnswered(error)) throw error;
          return embed(place, trial);
        });
        return { notes: [`${model}: vectors of ${embeddings[0]?.length ?? 0} dimensions`, ...sent] };
      } catch (error) {
        signal?.throwIfAborted();
        return { notes: [laterNote(error, model, address), ...sent] };
      }
    },
    inspect: async () => ({ notes: sent }),
  };
}

/** Whether the server has said something. */
const isAnswered = (error: unknown): boolean => error instanceof StepError && error.rawAnswer !== undefined;

/** A fault that may pass is a note: the run has its retries. Every other one ends the run before it begins. */
function laterNote(error: unknown, model: string, address: string): string {
  if (!(error instanceof StepError)) throw error;
  const mayPass = error.kind === "rate_limit" || (error.kind === "transient" && isAnswered(error));
  if (mayPass) return `The model "${model}" could not be tried in advance, which may be temporary. ${error.message}`;
  const message = `The embedding model "${model}" cannot be used (${address}). ${error.message}`;
  throw new HoldfastError("model_unusable", message, {
    cause: error,
    ...(error.kind === "transient" && { hint: { kind: "start_openai_server" } }),
    ...(error.kind === "auth" && { hint: "The key is read only from OPENAI_API_KEY; a local server needs none." }),
  });
}

/** Everything that changes vectors, as readable text. */
function fingerprintOf({ model, dimensions, providerOptions = {} }: OpenAIEmbeddingOptions, address: string): string {
  const own = Object.keys(providerOptions).length === 0 ? "" : ` options=${JSON.stringify(providerOptions)}`;
  return `openai:${model} at=${address} dimensions=${dimensions ?? "default"}${own}`;
}

function refuseBadOptions({ model, dimensions, mostValues, mostTokens, timeouts = {} }: OpenAIEmbeddingOptions): void {
  if (model.trim() === "") throw new RangeError("Expected `model` to be the name of a model, got an empty string");
  for (const [name, value] of Object.entries({ dimensions, mostValues, mostTokens })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries(timeouts)) {
    if (!(value > 0)) throw new RangeError(`Expected \`timeouts.${name}\` to be above 0, got ${value}`);
  }
}
