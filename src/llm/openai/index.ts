export { resolveOpenAIUrl } from "./address.ts";
export { createOpenAI, type OpenAIOptions } from "./openai.ts";
