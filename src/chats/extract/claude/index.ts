export { Branches } from "../conversation-format.ts";
export type { ParseOptions } from "../conversation-format.ts";
export { readClaudeExport } from "./read-claude-export.ts";
export { CLAUDE_FORMAT } from "./read-claude-export.ts";
