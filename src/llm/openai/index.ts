export { resolveOpenAIUrl } from "./address.ts";
export { createOpenAI, type OpenAIOptions } from "./openai.ts";
export { createOpenAIEmbedding, type OpenAIEmbeddingOptions } from "./openai-embedding.ts";
