export { writeTinyGguf, type TinyGgufOptions } from "./tiny-gguf.ts";
