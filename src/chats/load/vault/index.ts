export { OnConflict } from "./on-conflict.ts";
export type { PlannedMove } from "./plan-move.ts";
export { previewVault } from "./preview-vault.ts";
export { undoMoves, type UndoneMove } from "./undo-moves.ts";
export { writeVault, type VaultOptions } from "./write-vault.ts";
