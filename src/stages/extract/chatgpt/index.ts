export { readChatGptExport } from "./read-chatgpt-export.ts";
