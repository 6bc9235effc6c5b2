export { treePaths } from "./message-tree.ts";
export type { TreePaths, TreeWarning } from "./message-tree.ts";
export type { TreeNode } from "./tree-node.ts";
export { readPaths } from "./read-paths.ts";
export type { PathsReading } from "./read-paths.ts";
export type { NodeReading } from "./read-run.ts";
