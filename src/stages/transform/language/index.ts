export { detectLanguage, type LanguageCode } from "./detect-language.ts";
export { languageMismatch, type LanguageMismatch } from "./language-mismatch.ts";
export { languageCode, languageName } from "./language-name.ts";
