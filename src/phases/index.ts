export { Branches, ChatSource } from "../stages/extract/chats/index.ts";
export { Layout, OnEdited } from "../stages/load/markdown/index.ts";
export { importPipeline, type ImportOptions } from "./import.ts";
