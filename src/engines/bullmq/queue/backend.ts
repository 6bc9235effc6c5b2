/// <reference lib="esnext.disposable" preserve="true" />
import type { Job, Processor, Queue, Worker, WorkerOptions } from "bullmq";
import type { SharedState } from "./shared-state.ts";

/**
 * What a processor does with a job; the types of data and result are checked where they are read, since other programs
 * may write them.
 */
export type JobProcessor = Processor<unknown, unknown>;
export type AnyJob = Job<unknown, unknown>;

/** The part of BullMQ's classes that we use, the same for every database. */
export type JobQueue = Pick<
  Queue,
  "addBulk" | "close" | "getJob" | "getJobCounts" | "getJobs" | "getRanges" | "remove" | "trimEvents" | "waitUntilReady"
>;
export interface JobWorker extends Pick<Worker, "close" | "isRunning" | "pause" | "resume" | "run" | "waitUntilReady"> {
  /** A job's end is in the database; of one that is gone nothing is known. */
  on(event: "completed" | "failed", listener: (job: Pick<AnyJob, "id"> | undefined) => void): unknown;
}
export interface JobEvents {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: "completed", listener: (end: { readonly jobId: string; readonly returnvalue: unknown }) => void): unknown;
  on(event: "failed", listener: (end: { readonly jobId: string; readonly failedReason: string }) => void): unknown;
}

/** The BullMQ worker options that we set. */
export type JobWorkerOptions = Pick<
  WorkerOptions,
  "autorun" | "concurrency" | "lockDuration" | "maxStalledCount" | "name" | "runRetryDelay" | "stalledInterval"
>;

/** A job that a worker has locked. */
export interface HeldJob {
  readonly id: string;
  readonly token: string;
}

/** One more report on a job that a worker has locked, as JSON. */
export interface AppendedReport extends HeldJob {
  readonly report: string;
}

/** A database that BullMQ keeps its queues in, opened. The owner of a session and its workers open the same one. */
export interface Backend extends AsyncDisposable {
  /** For display: without user and password. */
  readonly address: string;
  /** The state that owner and workers share besides the queue. */
  readonly state: SharedState;
  openQueue(name: string): JobQueue;
  /**
   * Removes a job that no worker has started, or whose worker died. One with a checkpoint stays: its steps were paid for.
   * Returns whether no worker is at it.
   */
  takeBack(queueName: string, jobId: string): Promise<boolean>;
  /** Removes such a job whether it has a checkpoint or not. Returns whether it did. */
  discard(queueName: string, jobId: string): Promise<boolean>;
  /**
   * Removes jobs that have ended, in one round trip. Returns for each, in their order, whether it did: one that has not ended,
   * or that is gone, is left.
   */
  removeEnded(queueName: string, jobIds: readonly string[]): Promise<readonly boolean[]>;
  /** Ends such a job with a result, unless its data has changed. Returns whether it did. */
  finish(queueName: string, job: { readonly id: string; readonly data: unknown }, result: unknown): Promise<boolean>;
  /**
   * Appends reports to the checkpoints of jobs that are held under their tokens, all in one round trip. Returns for each, in
   * their order, whether it is there now; not so where the job is held no longer, or has another form.
   */
  append(queueName: string, reports: readonly AppendedReport[]): Promise<readonly boolean[]>;
  /** Replaces a job's data while its lock is held under `token`. Returns whether it is. */
  checkpoint(queueName: string, held: HeldJob, data: unknown): Promise<boolean>;
  /** Renews the leases on jobs that are held under their tokens. Returns for each whether it is. */
  extendLeases(queueName: string, held: readonly HeldJob[], leaseMs: number): Promise<readonly boolean[]>;
  openEvents(name: string): JobEvents;
  openWorker(name: string, processor: JobProcessor, options: JobWorkerOptions): JobWorker;
}

export interface BackendOptions {
  /** Accepts a database that may lose data. @default false */
  readonly allowVolatile?: boolean;
  /** Called when the connection is lost, and when it is back. */
  readonly onConnection?: (change: ConnectionChange) => void;
}

export type ConnectionChange = { readonly kind: "lost"; readonly error: unknown } | { readonly kind: "back" };
