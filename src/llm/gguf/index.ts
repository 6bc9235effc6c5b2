export { createGguf, type GgufOptions } from "./gguf.ts";
