/**
 * What happens to newer content when the user has edited its note. None of the options loses anything that the user
 * wrote.
 * - `keep`: the user's note stays as it is, the newer content is not written, and the item ends as skipped.
 * - `sibling`: the user's note stays, and the newer content goes to `<name> (new).md` beside it.
 * - `overwrite`: the user's note is renamed to `<name> (your version).md`, and the newer content takes its place.
 */
export const OnEdited = { keep: "keep", sibling: "sibling", overwrite: "overwrite" } as const;
/** What happens to newer content for an edited note: a value of {@link OnEdited}. */
export type OnEdited = (typeof OnEdited)[keyof typeof OnEdited];

/** The id of the note beside a note in the ledger. */
export const siblingId = (sourceId: string): string => `${sourceId} (new)`;
