export { ask, refused, requestFor, settingsOf, type Asking, type AskOptions, type Question } from "./ask-note.ts";
export { questionAbout, questionAboutDocument, questionAboutPart } from "./chat-question.ts";
export { materialOf } from "./material.ts";
export { withoutEndOf } from "./without-end-of.ts";
