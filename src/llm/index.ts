export { createExtractive } from "./extractive/index.ts";
export {
  createOllama,
  DEFAULT_OLLAMA_URL,
  type OllamaAddressSources,
  type OllamaOptions,
  resolveOllamaUrl,
  type Think,
} from "./ollama/index.ts";
export type { HttpTimeouts } from "./http/transport.ts";
