export { createExtractive } from "./extractive.ts";
