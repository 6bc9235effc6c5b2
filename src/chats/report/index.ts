export { reportDrift, type DriftReport, type UnknownName } from "./drift-report.ts";
