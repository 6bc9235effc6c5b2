export {
  createBullmqEngine,
  type BullmqEngineOptions,
  type QueueAddress,
  type RunningWorker,
} from "../engines/bullmq/index.ts";
export { startWorker, type WorkerOptions } from "./start-worker.ts";
