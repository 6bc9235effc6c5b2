export {
  randomOpenAIFaults,
  TRANSIENT_OPENAI_FAULTS,
  type OpenAIFaultPlan,
  type PlannedOpenAIFault,
} from "./fault-plan.ts";
export { OPENAI_FAULTS, type OpenAIFault, type OpenAIFaultName } from "./faults.ts";
export type { Books } from "../fake-server/books.ts";
export { startFakeOpenAI, type FakeOpenAI, type FakeOpenAIOptions } from "./server.ts";
export type { FakeOpenAIModel, OpenAICall, OpenAICallBody, OpenAIEmbeddingBody, OpenAIEmbeddingCall } from "./wire.ts";
