export { importPipeline } from "./import.ts";
export { organizePipeline, previewOrganizePipeline } from "./organize.ts";
