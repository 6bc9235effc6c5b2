import { basename } from "node:path";
import type { Llama, LlamaChat, LlamaContext, LlamaModel } from "node-llama-cpp";
import { HoldfastError, messageOf } from "../../core/failure/index.ts";
import { loadLibrary, type LlamaLibrary } from "./library.ts";
import { markOf } from "./model-file.ts";
import type { GgufOptions } from "./gguf-options.ts";

/** Ollama's default too: enough for a conversation, and modest in memory. */
export const DEFAULT_CONTEXT_TOKENS = 8192;
/** Less than this is useless for a conversation. */
const LEAST_CONTEXT_TOKENS = 512;

/** A model in memory. */
export interface LoadedModel {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** Tokens that prompt and answer may have together. */
  readonly contextTokens: number;
  /** A mark of the file, which identifies the model. */
  readonly mark: string;
  /** One for each call at a time. */
  readonly chats: readonly LlamaChat[];
  close(): Promise<void>;
}

/** Loads a model. Throws a `HoldfastError` (`model_unusable`) when the file, the library or the memory is not there. */
export async function loadModel(options: GgufOptions, signal: AbortSignal | undefined): Promise<LoadedModel> {
  const { file, gpu = "auto", threads, concurrency = 1 } = options;
  const mark = await markOf(file);
  const library = await loadLibrary();
  const llama = await startLlama(library, gpu);
  try {
    const model = await llama.loadModel({ modelPath: file, ...(signal && { loadSignal: signal }) });
    const most = Math.min(options.contextTokens ?? DEFAULT_CONTEXT_TOKENS, model.trainContextSize);
    const context = await model.createContext({
      contextSize: { min: Math.min(LEAST_CONTEXT_TOKENS, most), max: most },
      sequences: concurrency,
      ...(threads !== undefined && { threads }),
      ...(signal && { createSignal: signal }),
    });
    return {
      llama,
      model,
      mark,
      // llama.cpp may round the size up; the file's or the user's limit applies.
      contextTokens: Math.min(context.contextSize, most),
      chats: openChats(library, model, context, concurrency),
      close: () => llama.dispose(),
    };
  } catch (cause) {
    await llama.dispose();
    signal?.throwIfAborted();
    throw new HoldfastError("model_unusable", `The model ${basename(file)} cannot be loaded. ${messageOf(cause)}`, {
      cause,
      hint: { kind: "smaller_context" },
    });
  }
}

/** The context that a model was made for, read from its file; `undefined` when the file does not say. */
export async function contextOf(file: string): Promise<number | undefined> {
  await markOf(file);
  const { readGgufFileInfo } = await loadLibrary();
  const { architectureMetadata } = await readGgufFileInfo(file, { readTensorInfo: false, logWarnings: false }).catch(
    (cause: unknown) => {
      throw new HoldfastError("model_unusable", `The model ${basename(file)} cannot be read. ${messageOf(cause)}`, {
        cause,
      });
    },
  );
  return architectureMetadata.context_length;
}

/** Uses a prebuilt binary: nothing is compiled or downloaded in the middle of a run. */
async function startLlama({ getLlama, LlamaLogLevel }: LlamaLibrary, gpu: boolean | "auto"): Promise<Llama> {
  try {
    return await getLlama({
      gpu: gpu === false ? false : "auto",
      build: "never",
      skipDownload: true,
      logLevel: LlamaLogLevel.disabled,
      progressLogs: false,
    });
  } catch (cause) {
    throw new HoldfastError(
      "model_unusable",
      `llama.cpp does not run here (${process.platform} ${process.arch}). ${messageOf(cause)}`,
      {
        cause,
        hint: { kind: "build_llama" },
      },
    );
  }
}

function openChats(
  { LlamaChat, resolveChatWrapper }: LlamaLibrary,
  model: LlamaModel,
  context: LlamaContext,
  count: number,
): readonly LlamaChat[] {
  const chatWrapper = resolveChatWrapper(model);
  return Array.from({ length: count }, () => new LlamaChat({ contextSequence: context.getSequence(), chatWrapper }));
}
