export { type HoldfastConfig } from "./define-config.ts";
export { importDefault, type ImportHint } from "./import-default.ts";
export { loadConfig, type LoadedConfig } from "./load-config.ts";
