export { type Budget, NO_BUDGET, type Spent } from "./budget.ts";
export { fallback, firstAsked, lanesOf } from "./fallback.ts";
export { type MeteredUse, type Metering, meterModel } from "./metered-model.ts";
export { asStepModel, type Complaints } from "./ask-model.ts";
export { imagesOfMessage, type ImagePart, mediaTypeOf, type Message, textOfMessage } from "./messages.ts";
export { asEmbed, meterEmbed, type MeteredEmbedding, NO_EMBED } from "./embed-texts.ts";
export { type Embed, type EmbedAnswer, type Embedding, type EmbeddingModel, idOfModels } from "./embedding-model.ts";
export type { StepModel } from "./step-model.ts";
export type {
  AnswerPart,
  GenerateAnswer,
  GenerateRequest,
  Material,
  MaterialMessage,
  Model,
  ModelInfo,
} from "./language-model.ts";
export type { TokenUsage } from "../base/index.ts";
export { DEFAULT_MAX_OUTPUT_TOKENS, outputCapOf } from "./output-cap.ts";
export { type Price, type PriceTable, assertPrices, costOf, isPrice } from "./price-table.ts";
export { StreamedTokens, TokenEstimator, tokenCounter } from "./token-estimate.ts";
export {
  NO_USAGE,
  type Usage,
  type UsageCount,
  readUsage,
  soundTokens,
  soundUsage,
  spentIn,
  subtractUsage,
  sumUsage,
  withAnswerer,
} from "./usage.ts";
