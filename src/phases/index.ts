export { importPipeline, type ImportOptions } from "./import.ts";
