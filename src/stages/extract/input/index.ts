export { type ContentKind, DESCRIPTION_OF_KIND, contentKind } from "./content-kind.ts";
export { fingerprint, readInput, statInput } from "./input-file.ts";
export { type Fields, isFields, listOf, textOf, timeOf } from "./json-fields.ts";
export { inOneLine } from "./one-line.ts";
