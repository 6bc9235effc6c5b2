import { dirname, resolve } from "node:path";
import { findWorkspace } from "../../core/pipeline/config/index.ts";
import { quote } from "./next/begin-command.ts";
import { showPath, startedIn } from "./show-path.ts";

/** ` --workspace <folder>` for a command to be pasted; nothing where the command finds that folder by itself. */
export function atWorkspace(workspace: string, from: string = startedIn()): string {
  const path = resolve(from, workspace);
  return path === findWorkspace(from) ? "" : ` --workspace ${quote(showPath(path, from))}`;
}

/** The same for the workspace of a session, by the session's folder. */
export const atWorkspaceOf = ({ folder }: { readonly folder: string }): string => atWorkspace(dirname(dirname(folder)));
