export { Branches, ChatSource } from "../stages/extract/chats/index.ts";
export { Layout, OnEdited } from "../stages/load/markdown/index.ts";
export { AnswerForm } from "../stages/transform/prompts/index.ts";
export type { CompressionRule, QualityThresholds } from "../stages/transform/check-quality/index.ts";
export { importPipeline, type ImportOptions } from "./import.ts";
export { OnConflict, type PlannedMove } from "../stages/load/vault/index.ts";
export {
  genresOf,
  type OrganizeRule,
  type OrganizeSettings,
  type RuleConditions,
} from "../stages/transform/classify/index.ts";
export { organizePipeline, previewOrganizePipeline, type OrganizeOptions } from "./organize.ts";
