import { NotSent } from "./not-sent.ts";

/**
 * A call was not made: its API has asked to wait, or cannot be reached, and another one is asked in its place. It says nothing of
 * the item.
 */
export class LaneClosed extends NotSent {
  override readonly name = "LaneClosed";
}
