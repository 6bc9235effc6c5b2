import type { Model } from "../core/model/index.ts";
import type { AnyPipeline } from "../core/pipeline/index.ts";
import {
  startWorker as startBullmqWorker,
  type RunningWorker,
  type WorkerOptions as BullmqWorkerOptions,
} from "../engines/bullmq/index.ts";
import { createExtractive } from "../llm/extractive/index.ts";

/** How a worker works. */
export interface WorkerOptions extends Omit<BullmqWorkerOptions, "model"> {
  /** What `ctx.model` is; the owner of a session has to have the same. @default the extractive engine */
  readonly model?: Model;
}

/**
 * Does steps of a pipeline's items for whichever sessions have them done by workers, until it is told to leave. Only
 * sessions with the same steps and the same model give it items.
 *
 * @example
 * await using worker = await startWorker(pipeline, { address: { redis: "redis://queue:6379" }, concurrency: 4 });
 * await once(process, "SIGTERM");
 * await worker.leave();
 */
export async function startWorker(pipeline: AnyPipeline, options: WorkerOptions): Promise<RunningWorker> {
  return startBullmqWorker(pipeline, { ...options, model: options.model ?? createExtractive() });
}
