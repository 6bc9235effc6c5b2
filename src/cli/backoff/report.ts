/** What a command has to say: to a program, and to a person. */
export interface Report {
  readonly document: unknown;
  readonly lines: readonly string[];
}
