export { defineConfig, type HoldfastConfig } from "./define-config.ts";
export { importDefault, type ImportDefaultOptions, type ImportHint } from "./import-default.ts";
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from "./load-config.ts";
