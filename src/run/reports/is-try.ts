import type { Session } from "../../core/session/index.ts";

/** Whether a session is one of `holdfast try`: its items are a sample, and what it made is in its own folder. */
export const isTry = ({ options }: Pick<Session, "options">): boolean =>
  typeof options === "object" && options !== null && "try" in options;
