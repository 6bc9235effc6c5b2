export { createAiSdk, type AiSdkOptions } from "./ai-sdk.ts";
export type { AddressPatterns, AiSdkModel, AiSdkStream, AiSdkStreamResult } from "./ai-sdk-model.ts";
