/** Entry `holdfast/sources`: where items come from. */
export { readJsonl, type ReadJsonlOptions } from "../stages/extract/jsonl/index.ts";
