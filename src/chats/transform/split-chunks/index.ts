export { roomFor } from "./chunk-budget.ts";
export { chunkTurns } from "./plan-chunks.ts";
export { splitChunks } from "./split-chunks.ts";
export { splitText, type CountTokens } from "./split-text.ts";
