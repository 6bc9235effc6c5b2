export { extractKnowledge } from "./extract-knowledge.ts";
