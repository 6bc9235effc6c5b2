export { cutText, graphemeEnd } from "./cut-text.ts";
export { detectLanguage, isLanguageCode, type LanguageCode, likelyLanguage } from "./detect-language.ts";
export { closeFence, type Fence, fenceAfter, fenced, openingFence } from "./fence.ts";
export { FUNCTION_WORDS } from "./function-words.ts";
export { encodableText, originalText, storableText } from "./storable-text.ts";
export { type FoundJson, wholeJsonAt } from "./whole-json.ts";
export { withoutLast } from "./without-last.ts";
