export type { AnthropicErrorType } from "./error.ts";
export {
  randomAnthropicFaults,
  TRANSIENT_ANTHROPIC_FAULTS,
  type AnthropicFaultPlan,
  type PlannedAnthropicFault,
} from "./fault-plan.ts";
export { ANTHROPIC_FAULTS, type AnthropicFault, type AnthropicFaultName } from "./faults.ts";
export { startFakeAnthropic, type AnthropicBatchItem, type FakeAnthropic } from "./server.ts";
export type { AnthropicBlock, AnthropicCall, AnthropicCallBody, AnthropicLimits, FakeAnthropicModel } from "./wire.ts";
export type { FakeAnthropicOptions } from "./options.ts";
