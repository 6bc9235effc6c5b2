export { extractKnowledge, type ExtractKnowledgeOptions } from "./extract-knowledge.ts";
