export { parseAnswer, type ParsedNote } from "./parse-answer.ts";
