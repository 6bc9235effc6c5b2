export { createBullmqEngine } from "./owner/bullmq-engine.ts";
export { resolveQueueAddress, showAddress, urlOf, type QueueAddress } from "./queue/address.ts";
export { startWorker, type RunningWorker, type WorkerOptions } from "./worker/start-worker.ts";
