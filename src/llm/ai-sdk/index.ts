export { createAiSdk, type AiSdkOptions } from "./ai-sdk.ts";
export type { AddressPatterns, AiSdkModel, AiSdkStream, AiSdkStreamResult } from "./ai-sdk-model.ts";
export { createNamedModel } from "./named-model.ts";
export { PACKAGES, type NamedProvider } from "./packages.ts";
