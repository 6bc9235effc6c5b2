export { createGguf } from "./gguf.ts";
export type { GgufOptions } from "./gguf-options.ts";
