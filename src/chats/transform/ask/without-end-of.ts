/**
 * A text that stands between two tags of a prompt, with a space in whatever a model could take for the closing one: what
 * follows it would no longer be material.
 */
export const withoutEndOf = (tag: string, text: string): string =>
  text.replace(new RegExp(String.raw`<(?=\s{0,9}/\s{0,9}${tag}\b)`, "gi"), "< ");
