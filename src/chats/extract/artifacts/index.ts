export type { ArtifactChange, ArtifactEdit, PatternEdit } from "./artifact-change.ts";
export { replayArtifacts } from "./replay-artifacts.ts";
