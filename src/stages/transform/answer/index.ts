export { parseAnswer, type ParsedAnswer, type ParsedNote } from "./parse-answer.ts";
