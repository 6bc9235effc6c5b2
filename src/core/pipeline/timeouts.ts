import { parseDuration, type Duration } from "../../retry/index.ts";
import { HoldfastError } from "../failure/index.ts";

/** How long a step may take for one item, for steps that have no `timeout` and `attemptTimeout` of their own. */
export interface Timeouts {
  /** The longest that a step may take for one item: all attempts, and the waits between them. @default no limit */
  readonly stepTimeout?: Duration | undefined;
  /** The longest that one call of a step's function may take. @default no limit */
  readonly attemptTimeout?: Duration | undefined;
}

/** Throws a `HoldfastError` for a time limit that is no duration above 0. */
export function assertTimeout(
  where: string,
  name: string,
  given: Duration | undefined,
  code: "pipeline_invalid" | "usage" = "pipeline_invalid",
): void {
  if (given === undefined || isAboveZero(given)) return;
  throw new HoldfastError(
    code,
    `Expected \`${name}\` of ${where} to be a duration above 0, such as "30s" or "10m", got ${show(given)}.`,
  );
}

/** Whether a value is a length of time in which something can be done. */
export function isAboveZero(given: unknown): boolean {
  try {
    return parseDuration(given as Duration) > 0;
  } catch {
    return false;
  }
}

const show = (given: unknown): string => (typeof given === "string" ? JSON.stringify(given) : String(given));
