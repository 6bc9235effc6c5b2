/** Entry `holdfast/config`: the configuration file. */
export { defineConfig, type HoldfastConfig } from "../config/define-config.ts";
export { loadConfig, type LoadConfigOptions, type LoadedConfig } from "../config/load-config.ts";
