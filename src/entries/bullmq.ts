/** Entry `holdfast/bullmq`: runs a session's steps on workers, on any number of machines. */
export { createBullmqEngine, type BullmqEngineOptions } from "../engines/bullmq/owner/bullmq-engine.ts";
export type { QueueAddress } from "../engines/bullmq/queue/address.ts";
export type { RunningWorker, WorkerOptions } from "../engines/bullmq/worker/start-worker.ts";
export { startWorker } from "../fleet/start-worker.ts";
// The types that its functions return, so that a program can export a result.
export type { Uncaught, UnexpectedExit } from "../core/runner/guard-process.ts";
export type { Engine } from "../core/runner/engine.ts";
