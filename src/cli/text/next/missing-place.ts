import type { Session } from "../../../core/session/index.ts";
import { fieldOf } from "./begin-command.ts";

/**
 * What has to be put back before a session can go on: the folder that it started in, or the file of its pipeline. `undefined`
 * when both are there, and for a session of a program, which has the pipeline.
 */
export function missingPlace(
  { options, pipeline: { path } }: Pick<Session, "options" | "pipeline">,
  exists: (path: string) => boolean,
): string | undefined {
  const folder = fieldOf(options, "cwd");
  if (typeof folder !== "string") return undefined;
  if (!exists(folder)) {
    return `The folder that it started in is gone: ${JSON.stringify(folder)}. Put it back before you go on: the pipeline's relative paths start there.`;
  }
  if (path === null || exists(path)) return undefined;
  return `The file of its pipeline is gone: ${JSON.stringify(path)}. Put it back before you go on.`;
}
