export { ChatSource } from "../extract/chats/index.ts";
export { Branches } from "../extract/conversation-format.ts";
export { OnEdited } from "../../stages/load/markdown/index.ts";
export { Layout } from "../../stages/note/index.ts";
export { AnswerForm } from "../transform/prompts/index.ts";
export type { CompressionRule, QualityThresholds } from "../transform/check-quality/index.ts";
export { importPipeline, type ImportOptions } from "./import.ts";
export { OnConflict, type PlannedMove } from "../load/vault/index.ts";
export {
  genresOf,
  type OrganizeRule,
  type OrganizeSettings,
  type RuleConditions,
} from "../transform/classify/index.ts";
export { organizePipeline, previewOrganizePipeline, type OrganizeOptions } from "./organize.ts";
