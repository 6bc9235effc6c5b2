import { basename, resolve } from "node:path";
import type { GenerateAnswer, GenerateRequest, Model, ModelInfo } from "../../core/model/index.ts";
import { HoldfastError } from "../../core/failure/index.ts";
import { modelNote } from "../naming/model-note.ts";
import { answer } from "./answer.ts";
import { createPool, type Pool } from "./chat-pool.ts";
import { contextOf, DEFAULT_CONTEXT_TOKENS, loadModel, type LoadedModel } from "./engine.ts";
import { wrongOption } from "./drawing-options.ts";
import type { GgufOptions } from "./gguf-options.ts";

/** A model in memory and its pool of chats. */
interface Running {
  readonly loaded: LoadedModel;
  readonly chats: Pool<LoadedModel["chats"][number]>;
}

/**
 * A model from a GGUF file, run in this process by node-llama-cpp: no server, no network. It is loaded by `check` or by
 * the first call and stays in memory until `close`. Its tokenizer counts exactly, and a prompt that does not fit is a
 * `StepError` of kind `input_too_long`: nothing is cut off silently.
 *
 * @example
 * ```ts
 * import { createGguf } from "holdfast/llm";
 * import { writeTinyGguf } from "holdfast/testing";
 *
 * const model = createGguf({ file: await writeTinyGguf("tiny.gguf", { says: "Kelp grips rock." }), gpu: false });
 * console.log((await model.generate({ prompt: "What does kelp do?" })).text);
 * await model.close?.();
 * // prints: Kelp grips rock.
 * ```
 */
export function createGguf(options: GgufOptions): Model {
  refuseBadOptions(options);
  const file = resolve(options.file);
  let running: Promise<Running> | undefined;
  let known: Running | undefined;

  const run = (signal: AbortSignal | undefined): Promise<Running> => {
    running ??= loadModel({ ...options, file }, signal).then(
      (loaded) => (known = { loaded, chats: createPool(loaded.chats) }),
      (error: unknown) => {
        running = undefined;
        throw error;
      },
    );
    return running;
  };

  return {
    id: `gguf:${basename(file)}`,
    lane: "gguf",
    get fingerprint() {
      return fingerprintOf(options, file, known?.loaded);
    },
    async check(signal?: AbortSignal): Promise<ModelInfo> {
      const { loaded } = await run(signal);
      return { contextTokens: loaded.contextTokens, notes: [noteOn(file, loaded), ...shortageOf(options, loaded)] };
    },
    async inspect(): Promise<ModelInfo> {
      const madeForTokens = await contextOf(file);
      const usedTokens = Math.min(options.contextTokens ?? DEFAULT_CONTEXT_TOKENS, madeForTokens ?? Infinity);
      return {
        contextTokens: usedTokens,
        notes: [modelNote({ name: basename(file), madeForTokens, usedTokens })],
      };
    },
    async generate(request: GenerateRequest): Promise<GenerateAnswer> {
      const { loaded, chats } = await run(request.signal);
      return chats.use(request.signal, (chat) => answer(loaded, chat, request, options));
    },
    countTokens(text: string): number {
      if (!known) throw new Error("Expected `check` to have loaded the model before its tokenizer is used");
      return known.loaded.model.tokenize(text).length;
    },
    async close(): Promise<void> {
      const closing = running;
      running = undefined;
      known = undefined;
      await (await closing?.catch(() => undefined))?.loaded.close();
    },
  };
}

function noteOn(file: string, { llama, model, contextTokens }: LoadedModel): string {
  const layers = model.fileInsights.totalLayers;
  const gpuShare = llama.gpu === false || layers === 0 ? 0 : model.gpuLayers / layers;
  return modelNote({
    name: basename(file),
    madeForTokens: model.trainContextSize,
    usedTokens: contextTokens,
    gpuShare,
  });
}

function shortageOf(
  { contextTokens = 0 }: GgufOptions,
  { model, contextTokens: used }: LoadedModel,
): readonly string[] {
  if (used >= Math.min(contextTokens, model.trainContextSize)) return [];
  return [`The memory is enough for ${used} tokens of context, used instead of ${contextTokens}.`];
}

/** Everything that changes answers, as readable text; a file that was not read yet has `mark=unknown`. */
const fingerprintOf = (options: GgufOptions, file: string, loaded: LoadedModel | undefined): string =>
  [
    `gguf:${basename(file)}`,
    `mark=${loaded?.mark ?? "unknown"}`,
    `context=${loaded?.contextTokens ?? "unknown"}`,
    `temperature=${options.temperature ?? 0}`,
    ...(options.providerOptions ? [`options=${JSON.stringify(options.providerOptions)}`] : []),
  ].join(" ");

function refuseBadOptions(options: GgufOptions): void {
  const { file, contextTokens, maxOutputTokens, concurrency, threads, providerOptions = {} } = options;
  const wrong = wrongOption(providerOptions);
  // Before anything is begun: a session keeps its options.
  if (wrong !== undefined) throw new HoldfastError("usage", wrong);
  if (file.trim() === "") throw new RangeError("Expected `file` to be the path of a GGUF file, got an empty string");
  for (const [name, value] of Object.entries({ contextTokens, maxOutputTokens, concurrency, threads })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new RangeError(`Expected \`${name}\` to be a whole number above 0, got ${value}`);
    }
  }
}
