export { readClaudeExport } from "./read-claude-export.ts";
export { CLAUDE_FORMAT } from "./read-claude-export.ts";
