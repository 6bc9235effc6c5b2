export type { ParseOptions } from "../conversation-format.ts";
export { readChatGptExport } from "./read-chatgpt-export.ts";
export { CHATGPT_FORMAT } from "./format.ts";
