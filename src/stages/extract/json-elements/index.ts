export { GatheredBytes } from "./gathered-bytes.ts";
export { parseElements } from "./parse-elements.ts";
export type { ParsedElement, UnparsedElement } from "./parse-elements.ts";
export { MAX_ELEMENT_BYTES, splitElements } from "./split-elements.ts";
export type { BrokenJsonElement, JsonElement, SplitOptions } from "./split-elements.ts";
