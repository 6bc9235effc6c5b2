export { chunkBudget, roomFor, type ContextShares, type Counter } from "./chunk-budget.ts";
export { chunkTurns, planChunks, type Chunk } from "./plan-chunks.ts";
export { chunksFor, splitChunks, type SplitChunksOptions } from "./split-chunks.ts";
export { splitText, type CountTokens } from "./split-text.ts";
