export { createExtractive } from "./extractive/index.ts";
export { createOllama, resolveOllamaUrl } from "./ollama/index.ts";
