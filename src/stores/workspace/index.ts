export { memoryWorkspace } from "./memory-workspace.ts";
export { openWorkspace } from "./open-workspace.ts";
export type { Workspace, WorkspaceOptions } from "./workspace.ts";
