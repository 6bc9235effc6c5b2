export { readJsonl } from "./read-jsonl.ts";
export type { ReadJsonlOptions } from "./read-jsonl.ts";
