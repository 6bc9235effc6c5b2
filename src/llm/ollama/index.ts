export { resolveOllamaUrl } from "./address.ts";
export type { Think } from "./chat-body.ts";
export { createOllama, type OllamaOptions } from "./ollama.ts";
export { createOllamaEmbedding, type OllamaEmbeddingOptions } from "./ollama-embedding.ts";
