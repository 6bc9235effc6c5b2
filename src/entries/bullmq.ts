/** Entry `holdfast/bullmq`: a session's steps done by workers, on as many machines as there are. */
export {
  createBullmqEngine,
  type BullmqEngineOptions,
  type QueueAddress,
  type RunningWorker,
} from "../engines/bullmq/index.ts";
export { startWorker, type WorkerOptions } from "../fleet/start-worker.ts";
