import { HoldfastError, brand, hasBrand } from "./errors.ts";

const WORKSPACE_BUSY = Symbol.for("holdfast.workspace-busy");

/** Another process has the workspace's database locked. It may be free in a moment: those who can wait try again. */
export class WorkspaceBusyError extends HoldfastError {
  /** Its own: that of `HoldfastError` would be true for every one of those. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(value, WORKSPACE_BUSY);
  }

  constructor(file: string, cause: Error) {
    super("write_failed", `Another process kept the workspace ${file} locked: ${cause.message}.`, {
      cause,
      hint: "Everything recorded before is safe. Close the program that holds it, then resume the session.",
    });
    brand(this, WORKSPACE_BUSY);
  }
}
