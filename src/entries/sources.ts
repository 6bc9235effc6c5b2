/** Entry `holdfast/sources`: where items come from. */
export { readJsonl, type ReadJsonlOptions } from "../stages/extract/jsonl/index.ts";
// The types that its functions return, so that a program can export a result.
export type { Source } from "../core/pipeline/source.ts";
