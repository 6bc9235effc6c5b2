import type { AnyPipeline } from "../core/pipeline/index.ts";
import { startWorker as startBullmqWorker, type RunningWorker, type WorkerOptions } from "../engines/bullmq/index.ts";
import { createExtractive } from "../llm/extractive/index.ts";

/**
 * Starts a worker: it runs steps of a pipeline for all sessions that use workers, until you call `leave`. Only sessions
 * with the same steps and the same model give it items.
 *
 * @example
 * ```ts no-run
 * import { once } from "node:events";
 * import { startWorker } from "holdfast/bullmq";
 * import { importPipeline } from "holdfast/chats";
 *
 * const pipeline = importPipeline({ export: "export.zip", out: "notes" });
 * await using worker = await startWorker(pipeline, { address: { redis: "redis://queue:6379" }, concurrency: 4 });
 * await once(process, "SIGTERM");
 * await worker.leave();
 * ```
 */
export async function startWorker(pipeline: AnyPipeline, options: WorkerOptions): Promise<RunningWorker> {
  return startBullmqWorker(pipeline, { ...options, model: options.model ?? createExtractive() });
}
