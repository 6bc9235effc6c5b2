export { languageMismatch } from "./language-mismatch.ts";
export { languageCode, languageName } from "./language-name.ts";
