/// <reference lib="esnext.disposable" preserve="true" />
import type { Job, Processor, Queue, QueueEvents, Worker, WorkerOptions } from "bullmq";
import type { SharedState } from "./shared-state.ts";

/** What a processor does with a job; the types of data and result are checked where they are read, since strangers may write them. */
export type JobProcessor = Processor<unknown, unknown>;
export type AnyJob = Job<unknown, unknown>;

/** Of BullMQ's classes what we call, which is the same for every database behind them. */
export type JobQueue = Pick<
  Queue,
  "addBulk" | "close" | "getJob" | "getJobCounts" | "getJobs" | "remove" | "waitUntilReady"
>;
export type JobWorker = Pick<Worker, "close" | "isRunning" | "pause" | "run" | "waitUntilReady">;
export interface JobEvents extends Pick<QueueEvents, "close" | "waitUntilReady"> {
  on(event: "completed", listener: (told: { readonly jobId: string; readonly returnvalue: unknown }) => void): unknown;
  on(event: "failed", listener: (told: { readonly jobId: string; readonly failedReason: string }) => void): unknown;
}

/** Of BullMQ's worker options those that we set. */
export type JobWorkerOptions = Pick<
  WorkerOptions,
  "autorun" | "concurrency" | "lockDuration" | "maxStalledCount" | "name" | "runRetryDelay" | "stalledInterval"
>;

/** A job that a worker has locked. */
export interface HeldJob {
  readonly id: string;
  readonly token: string;
}

/** A database that BullMQ keeps its queues in, opened. The owner of a session and its workers open the same one. */
export interface Backend extends AsyncDisposable {
  /** For people: without user and password. */
  readonly address: string;
  /** What owner and workers share beside the queue. */
  readonly state: SharedState;
  openQueue(name: string): JobQueue;
  /** Removes a job that no worker has begun, or that a dead one has left. Returns whether it did. */
  takeBack(queueName: string, jobId: string): Promise<boolean>;
  /** Replaces a job's data while its lock is held under `token`. Returns whether it is. */
  checkpoint(queueName: string, held: HeldJob, data: unknown): Promise<boolean>;
  openEvents(name: string): JobEvents;
  openWorker(name: string, processor: JobProcessor, options: JobWorkerOptions): JobWorker;
}

export interface BackendOptions {
  /** Uses a database that may lose what it was given. @default false */
  readonly allowVolatile?: boolean;
  /** Told of a connection that is lost, and that it is back. */
  readonly onConnection?: (change: ConnectionChange) => void;
}

export type ConnectionChange = { readonly kind: "lost"; readonly error: unknown } | { readonly kind: "back" };
