export type { ExportFile } from "./export-file.ts";
export { openExport } from "./open-export.ts";
