export type { AnswerQuery, CachedAnswers } from "./cached-answers.ts";
export { patientCache } from "./patient-cache.ts";
export { memoryWorkspace } from "./memory-workspace.ts";
export { hasWorkspace, openWorkspace } from "./open-workspace.ts";
export { readWorkspace } from "./read-workspace.ts";
export type { Workspace, WorkspaceOptions } from "./workspace.ts";
