export { classify } from "./classify.ts";
export type { ClassifiedNote } from "./classified-note.ts";
export { DEFAULT_GENRES, genresOf, type OrganizeRule, type OrganizeSettings, type RuleConditions } from "./rules.ts";
