export type { Call, CallLog } from "./call-log.ts";
export { FAULTS, type Fault, type FaultName } from "./faults.ts";
export {
  randomFaults,
  TRANSIENT_FAULTS,
  type FaultPlan,
  type PlannedFault,
  type RandomFaultOptions,
} from "./fault-plan.ts";
export type { FakeModel } from "./model-shelf.ts";
export { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from "./server.ts";
export { promptOf, type CallBody, type CallPath, type EmbedBody } from "./wire.ts";
