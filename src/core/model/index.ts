export { type Budget, NO_BUDGET, NOTHING_SPENT, type Spent } from "./budget.ts";
export { type Metering, meterModel } from "./metered-model.ts";
export { asStepModel, askModel, type Complaints } from "./ask-model.ts";
export {
  imagesOfMessage,
  type ImagePart,
  mediaTypeOf,
  type Message,
  type MessagePart,
  type TextPart,
  textOfMessage,
} from "./messages.ts";
export type { AnswerSchema, ObjectAnswer, ObjectOf, StepModel, StepRequest } from "./step-model.ts";
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
export { DEFAULT_MAX_OUTPUT_TOKENS, type OutputCap, outputCapOf } from "./output-cap.ts";
export { type Price, type PriceTable, assertPrices, costOf, isPrice } from "./price-table.ts";
export { StreamedTokens, TokenEstimator, tokenCounter } from "./token-estimate.ts";
export { NO_USAGE, type Usage, readUsage, soundTokens, soundUsage, spentIn, subtractUsage, sumUsage } from "./usage.ts";
