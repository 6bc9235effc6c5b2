/**
 * The message of anything that was thrown; never throws itself.
 *
 * @example
 * ```ts
 * import { messageOf } from "holdfast";
 *
 * console.log([new Error("no answer"), "a text", undefined, Object.create(null)].map(messageOf));
 * // prints: [ 'no answer', 'a text', 'undefined', '[object Object]' ]
 * ```
 */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    return String(message);
  } catch {
    return tagOf(thrown);
  }
}

/** Even this asks the value, which may throw again. */
function tagOf(thrown: unknown): string {
  try {
    return Object.prototype.toString.call(thrown);
  } catch {
    return "an error that cannot be read";
  }
}
