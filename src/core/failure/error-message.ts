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
  if (thrown instanceof Error) return thrown.message;
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
