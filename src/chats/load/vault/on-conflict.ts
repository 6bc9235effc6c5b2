/**
 * What happens to a note whose place in the vault is taken by another file. None of them loses anything.
 * - `skip`: the note stays where it is.
 * - `increment`: it goes to `<name> (2).md`.
 * - `overwrite`: the other file is renamed to `<name> (replaced).md`, and the note takes its place.
 */
export const OnConflict = { skip: "skip", increment: "increment", overwrite: "overwrite" } as const;
/** What happens to a note whose place is taken: a value of {@link OnConflict}. */
export type OnConflict = (typeof OnConflict)[keyof typeof OnConflict];
