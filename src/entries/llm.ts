/** Entry `holdfast/llm`: models for `runPipeline`. */
export {
  type AddressPatterns,
  type AiSdkModel,
  type AiSdkOptions,
  type AiSdkStream,
  type AiSdkStreamResult,
  createAiSdk,
} from "../llm/ai-sdk/index.ts";
export { createExtractive } from "../llm/extractive/index.ts";
export { createGguf, type GgufOptions } from "../llm/gguf/index.ts";
export {
  createOllama,
  createOllamaEmbedding,
  type OllamaEmbeddingOptions,
  type OllamaOptions,
  type Think,
} from "../llm/ollama/index.ts";
export {
  createOpenAI,
  createOpenAIEmbedding,
  type OpenAIEmbeddingOptions,
  type OpenAIOptions,
} from "../llm/openai/index.ts";
export type { HttpTimeouts } from "../llm/http/transport.ts";
// The types that its functions return, so that a program can export a result.
export type { EmbeddingModel } from "../core/model/embedding-model.ts";
export type { Alternatives, Model } from "../core/model/language-model.ts";
