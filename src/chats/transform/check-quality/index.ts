export { checkQuality, type CheckQualityOptions } from "./check-quality.ts";
export { DEFAULT_QUALITY, type QualityThresholds } from "./quality-thresholds.ts";
