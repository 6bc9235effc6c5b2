import { HoldfastError, StepError } from "../../core/failure/index.ts";
import type { JsonValue } from "../../core/base/index.ts";
import type { EmbeddingModel, ModelInfo } from "../../core/model/index.ts";
import { showAddress } from "../http/address-text.ts";
import { createTransport, type HttpTimeouts } from "../http/transport.ts";
import { didYouMean } from "../naming/did-you-mean.ts";
import { DEFAULT_OLLAMA_URL } from "./address.ts";
import { embed } from "./embed.ts";
import { describeModel, isSameModel, listModels, type ModelFacts, type Place } from "./model-facts.ts";
import type { TaggedModel } from "./wire.ts";

/** Settings of {@link createOllamaEmbedding}. */
export interface OllamaEmbeddingOptions {
  /** As Ollama names it: `nomic-embed-text`; no tag means `latest`. */
  readonly model: string;
  /** @default "http://127.0.0.1:11434" */
  readonly baseUrl?: string;
  /** Tokens of context; a longer text is refused. Never more than the model was made for. @default 8192 */
  readonly numCtx?: number;
  /** How long the vectors are, for models that let one choose. @default the model's own */
  readonly dimensions?: number;
  /** The most texts in one call. @default 64 */
  readonly mostValues?: number;
  /** How long the model stays in memory after a call: seconds, or a string such as "30m". @default the server's own */
  readonly keepAlive?: string | number;
  /** More of Ollama's `options`, sent with each call. */
  readonly providerOptions?: Readonly<Record<string, JsonValue>>;
  /** How long to wait for the server; what is absent has its default. */
  readonly timeouts?: HttpTimeouts;
}

const DEFAULT_NUM_CTX = 8192;

/**
 * An embedding model of an Ollama server. It never retries, and never lets Ollama cut a text silently: one that does not fit is
 * a `StepError` of kind `input_too_long`.
 *
 * Its `fingerprint` is complete once `check` or the first `embed` has learned what the model is.
 *
 * @example
 * ```ts
 * import { createOllamaEmbedding } from "holdfast/llm";
 * import { startFakeOllama } from "holdfast/testing";
 *
 * // The server of a test; without `baseUrl` it is the Ollama of this machine.
 * const models = [{ name: "nomic-embed-text", capabilities: ["embedding"] }];
 * await using server = await startFakeOllama({ models });
 * const model = createOllamaEmbedding({ model: "nomic-embed-text", baseUrl: server.url, dimensions: 2 });
 * const { embeddings, usage } = await model.embed({ values: ["kelp", "rock"] });
 * console.log(embeddings.map((vector) => vector.length), usage);
 * // prints: [ 2, 2 ] { inputTokens: 2 }
 * ```
 */
export function createOllamaEmbedding(options: OllamaEmbeddingOptions): EmbeddingModel {
  refuseBadOptions(options);
  const { model, baseUrl = DEFAULT_OLLAMA_URL, mostValues = 64 } = options;
  const place: Place = { transport: createTransport(baseUrl, options.timeouts), address: showAddress(baseUrl) };
  let known: ModelFacts | undefined;

  const learn = async (signal: AbortSignal | undefined): Promise<ModelFacts> => {
    const listed = await listModels(place, signal);
    try {
      known = await describeModel(place, model, listed, signal);
      return known;
    } catch (error) {
      throw isMissing(error, model, listed) ? notThere(error, model, listed, place) : error;
    }
  };
  const ask = async (values: readonly string[], signal: AbortSignal | undefined) =>
    embed(place, { settings: settingsOf(options, known ?? (await learn(signal))), values, signal });

  return {
    id: `ollama:${model}`,
    lane: "ollama embeddings",
    mostValues,
    get fingerprint() {
      return fingerprintOf(options, known);
    },
    embed: ({ values, signal }) => ask(values, signal),
    async check(signal): Promise<ModelInfo> {
      try {
        await learn(signal);
        const { embeddings } = await ask(["OK"], signal);
        return { notes: [`${model}: vectors of ${embeddings[0]?.length ?? 0} dimensions`] };
      } catch (error) {
        signal?.throwIfAborted();
        return { notes: [laterNote(error, model, place)] };
      }
    },
    async inspect(signal): Promise<ModelInfo> {
      await learn(signal);
      return { notes: [] };
    },
  };
}

const contextOf = ({ numCtx = DEFAULT_NUM_CTX }: OllamaEmbeddingOptions, facts: ModelFacts | undefined): number =>
  Math.min(numCtx, facts?.contextTokens ?? Infinity);

function settingsOf(options: OllamaEmbeddingOptions, facts: ModelFacts) {
  const { model, dimensions, keepAlive, providerOptions = {} } = options;
  return {
    model,
    // Else Ollama takes the beginning of a long text for the whole of it.
    truncate: false,
    ...(dimensions !== undefined && { dimensions }),
    ...(keepAlive !== undefined && { keep_alive: keepAlive }),
    options: { ...providerOptions, num_ctx: contextOf(options, facts) },
  };
}

/** Everything that changes vectors, as readable text; before the check it has `digest=unknown`. */
function fingerprintOf(options: OllamaEmbeddingOptions, facts: ModelFacts | undefined): string {
  const { model, dimensions, providerOptions = {} } = options;
  return [
    `ollama:${model}`,
    `digest=${facts?.digest ?? "unknown"}`,
    `num_ctx=${contextOf(options, facts)}`,
    `dimensions=${dimensions ?? "default"}`,
    ...(Object.keys(providerOptions).length === 0 ? [] : [`options=${JSON.stringify(providerOptions)}`]),
  ].join(" ");
}

const isMissing = (error: unknown, model: string, listed: readonly TaggedModel[]): error is StepError =>
  error instanceof StepError && error.kind === "missing_model" && !listed.some(({ name }) => isSameModel(name, model));

/** The failure of a call for a model that is not installed. */
function notThere(error: StepError, model: string, listed: readonly TaggedModel[], { address }: Place): StepError {
  const meant = didYouMean(
    model,
    listed.map(({ name }) => name),
  );
  const question = meant.length === 0 ? "" : ` Did you mean ${meant.map((name) => `"${name}"`).join(" or ")}?`;
  return new StepError("missing_model", `Ollama at ${address} has no model "${model}".${question}`, { cause: error });
}

/** A fault that may pass is a note: the run has its retries. Every other one ends the run before it begins. */
function laterNote(error: unknown, model: string, { address }: Place): string {
  if (!(error instanceof StepError)) throw error;
  const mayPass = error.kind === "rate_limit" || (error.kind === "transient" && error.rawAnswer !== undefined);
  if (mayPass) return `The model "${model}" could not be tried in advance, which may be temporary. ${error.message}`;
  const message = `The embedding model "${model}" of Ollama at ${address} cannot be used. ${error.message}`;
  throw new HoldfastError("model_unusable", message, {
    cause: error,
    ...(error.kind === "transient" && { hint: { kind: "start_ollama" } }),
    ...(error.kind === "missing_model" && { hint: `Run \`ollama pull ${model}\` to get it.` }),
  });
}

function refuseBadOptions({ model, numCtx, dimensions, mostValues, timeouts = {} }: OllamaEmbeddingOptions): void {
  if (model.trim() === "") throw new RangeError("Expected `model` to be the name of a model, got an empty string");
  for (const [name, value] of Object.entries({ numCtx, dimensions, mostValues })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries(timeouts)) {
    if (!(value > 0)) throw new RangeError(`Expected \`timeouts.${name}\` to be above 0, got ${value}`);
  }
}
