/** An object in a text, and how many characters of it that is. */
export interface FoundObject {
  readonly json: string;
  readonly length: number;
}
