export { type Config, defaultConfig, findWorkspace, resolveConfig } from "./config.ts";
