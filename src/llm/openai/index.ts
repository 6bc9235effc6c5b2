export { DEFAULT_OPENAI_URL, resolveOpenAIUrl, type OpenAIAddressSources } from "./address.ts";
export { createOpenAI, type OpenAIOptions } from "./openai.ts";
