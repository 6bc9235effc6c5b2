import { InvalidArgumentError } from "commander";
import { messageOf } from "../../core/failure/index.ts";
import { isAboveZero } from "../../core/pipeline/index.ts";
import { parseUntil } from "../../core/runner/index.ts";
import type { Duration } from "../../retry/index.ts";

// Apart from the other values: commands that run nothing have numbers, and need not load the runner for them.

/** `90s`, `15m`, `8h`: with its unit, since the other flags of time count seconds and a program counts milliseconds. */
export function duration(text: string): Duration {
  if (!/^\d+(\.\d+)?$/.test(text) && isAboveZero(text)) return text as Duration;
  throw new InvalidArgumentError("Expected a duration with its unit, such as 90s, 15m or 8h.");
}

/** When the user gave the command: what `--until 06:00` means is settled then, whenever it is read. */
export const askedAt = (): Date => new Date(performance.timeOrigin);

/** `06:00`, or a date and time. It stays as it is: the run finds out which time that is. */
export function timeToCome(text: string): string {
  try {
    parseUntil(text, askedAt());
    return text.trim();
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error).replace("`until` to be ", ""));
  }
}
