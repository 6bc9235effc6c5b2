export type { GeminiError, GeminiStatus } from "./error.ts";
export {
  randomGeminiFaults,
  TRANSIENT_GEMINI_FAULTS,
  type GeminiFaultPlan,
  type PlannedGeminiFault,
} from "./fault-plan.ts";
export { GEMINI_FAULTS, type GeminiFault, type GeminiFaultName } from "./faults.ts";
export type { FakeGeminiOptions } from "./options.ts";
export { startFakeGemini, type FakeGemini, type GeminiBatchItem } from "./server.ts";
export type { FakeGeminiModel, GeminiCall, GeminiCallBody, GeminiContent, GeminiPart } from "./wire.ts";
