export { readClaudeExport } from "./read-claude-export.ts";
