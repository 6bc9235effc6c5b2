export { findBlocks } from "./find-blocks.ts";
export { markBlocks, type MarkedBlock, type MarkedTurns } from "./mark-blocks.ts";
export { restoreBlocks } from "./restore-blocks.ts";
export { factsOf, renderTurn, renderTurns, turnsOf, type Turn } from "./turns.ts";
