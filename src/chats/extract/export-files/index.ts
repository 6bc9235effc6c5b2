export { notImported } from "./companions.ts";
export type { ExportFile, ExportFiles, LeftOut } from "./export-file.ts";
export { findExport, openExport } from "./open-export.ts";
