export { type Metering, meterModel } from "./metered-model.ts";
export type {
  GenerateAnswer,
  GenerateRequest,
  Material,
  MaterialMessage,
  Model,
  ModelInfo,
  TokenUsage,
} from "./language-model.ts";
export { type Price, type PriceTable, assertPrices, costOf } from "./price-table.ts";
export { TokenEstimator, tokenCounter } from "./token-estimate.ts";
export { NO_USAGE, type Usage, readUsage, soundTokens, soundUsage, subtractUsage, sumUsage } from "./usage.ts";
