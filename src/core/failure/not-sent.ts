/**
 * Thrown by work that a lane let in and that found, before it sent anything, that it need not. It says nothing of the API,
 * and of the item neither.
 */
export class NotSent extends Error {
  override readonly name: string = "NotSent";
}
