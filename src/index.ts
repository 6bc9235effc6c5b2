export * from "./core/index.ts";
export * from "./run/index.ts";
