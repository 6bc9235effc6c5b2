import { HoldfastError } from "./errors.ts";

/** Another process has the workspace's database locked. It may be free in a moment: those who can wait try again. */
export class WorkspaceBusyError extends HoldfastError {
  constructor(file: string, cause: Error) {
    super("write_failed", `Another process kept the workspace ${file} locked: ${cause.message}.`, {
      cause,
      hint: "Everything recorded before is safe. Close the program that holds it, then resume the session.",
    });
  }
}
