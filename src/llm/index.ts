export { createExtractive } from "./extractive/index.ts";
export {
  createOllama,
  DEFAULT_OLLAMA_URL,
  type OllamaAddressSources,
  type OllamaOptions,
  type OllamaTimeouts,
  resolveOllamaUrl,
  type Think,
} from "./ollama/index.ts";
