export { Layout, OnEdited } from "../stages/load/markdown/index.ts";
export { importPipeline, type ImportOptions } from "./import.ts";
