export { createExtractive } from "./extractive/index.ts";
export { createGguf, type GgufOptions } from "./gguf/index.ts";
export type { HttpTimeouts } from "./http/transport.ts";
export {
  createOllama,
  DEFAULT_OLLAMA_URL,
  type OllamaAddressSources,
  type OllamaOptions,
  resolveOllamaUrl,
  type Think,
} from "./ollama/index.ts";
export {
  createOpenAI,
  DEFAULT_OPENAI_URL,
  type OpenAIAddressSources,
  type OpenAIOptions,
  resolveOpenAIUrl,
} from "./openai/index.ts";
