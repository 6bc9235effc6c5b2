import { resolveConfig } from "../../core/pipeline/config/index.ts";

/** The flag of every command that looks into a workspace without running anything. */
export interface WorkspaceFlag {
  readonly workspace?: string;
}

export const WORKSPACE_OPTION = [
  "--workspace <folder>",
  "where sessions are (default: the nearest .holdfast)",
] as const;

/** The workspace's folder, as an absolute path. */
export const workspaceOf = ({ workspace }: WorkspaceFlag): string =>
  resolveConfig(workspace === undefined ? {} : { workspace }).workspace;
