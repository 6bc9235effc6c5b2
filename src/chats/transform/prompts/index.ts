export { AnswerForm, formOf, PLACEHOLDERS, schemaOf, type Asked } from "./answer-form.ts";
export { PROMPT_VERSION, type PromptName } from "./default-prompts.ts";
export { fillPrompt } from "./fill-prompt.ts";
export { promptsWith, type Prompts } from "./prompts.ts";
export { readPrompts, writeDefaultPrompts } from "./read-prompts.ts";
