export { classify } from "./classify.ts";
export type { ClassifiedNote } from "./classified-note.ts";
export { type OrganizeSettings } from "./rules.ts";
