import { sha256 } from "../../../core/base/index.ts";
import type { FailureKind } from "../../../core/failure/index.ts";
import type { Price, Usage } from "../../../core/model/index.ts";
import { runnableSteps, type AnyPipeline, type Timeouts } from "../../../core/pipeline/index.ts";

/** Content of at most so many characters travels in the job; larger ones are kept beside it and named. */
export const INLINE_CHARACTERS: number = 64 * 1024;
/** So many contents of that size travel in one job together. */
export const MOST_INLINE_PARTS = 16;
/** A content is kept in parts of at most so many characters: less than any database refuses. */
export const PART_CHARACTERS: number = 16 * 1024 * 1024;
/** The most characters of one content that workers take or put out: half of what a string of JavaScript can have. */
export const MOST_CHARACTERS: number = 256 * 1024 * 1024;
export const MOST_PARTS: number = MOST_CHARACTERS / PART_CHARACTERS;

/** A content as JSON text: in the job, or under a key of the shared state, or under as many keys as it has parts. */
export type ContentText = { readonly text: string } | { readonly key: string; readonly parts?: number | undefined };

/** A serialized error. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** Where in the stack a long message stood, which is not sent twice. */
  readonly messageAt?: number | undefined;
  readonly kind?: FailureKind | undefined;
  readonly request?: string | undefined;
  readonly rawAnswer?: string | undefined;
  /** What caused it, and what caused that: outermost first. */
  readonly causes: readonly Pick<ErrorText, "message" | "messageAt" | "name" | "stack">[];
}

export interface AttemptText {
  readonly attempt: number;
  readonly kind: FailureKind;
  /** Absent where it is the step's own error, as it is for the last attempt. */
  readonly error?: ErrorText | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** How a step ended. `stopped`: no item can succeed until a person acts, so the owner stops its run and the item stays pending. */
export type ReportedEnd =
  | { readonly kind: "done"; readonly output: ContentText; readonly reviewReason?: string | undefined }
  | {
      readonly kind: "fannedOut";
      readonly again: boolean;
      readonly children: readonly { readonly id: string; readonly content: ContentText }[];
    }
  | { readonly kind: "skipped" | "filtered"; readonly reason: string }
  | {
      readonly kind: "failed";
      readonly failure: FailureKind;
      /** Whether a call was sent to which no answer came. */
      readonly unanswered?: boolean | undefined;
      readonly error: ErrorText;
      readonly attempts: readonly AttemptText[];
    }
  | { readonly kind: "stopped"; readonly failure: FailureKind | "outage"; readonly message: string };

/** A worker's report on one step of one item. */
export interface StepReport {
  readonly step: string;
  readonly end: ReportedEnd;
  readonly attempts: number;
  readonly durationMs: number;
  readonly usage?: Usage | undefined;
}

/** The run's options that are sent with each item. */
export interface JobSettings {
  readonly retry: {
    readonly maxAttempts?: number | undefined;
    readonly minWaitSeconds?: number | undefined;
    readonly maxWaitSeconds?: number | undefined;
  };
  readonly timeouts?: Timeouts | undefined;
  /** Limits by lane. */
  readonly lanes: Readonly<Record<string, object>>;
  readonly price?: Price | undefined;
  readonly embeddingPrice?: Price | undefined;
  /** The most tokens of an answer whose request does not say. */
  readonly maxOutputTokens?: number | undefined;
}

/** The format of jobs. Part of a queue's name, so that workers of another version never see a job that they would misread. */
export const JOB_FORMAT = 3;

/** The item of a job. It only names steps of the pipeline that the worker has loaded. */
export interface JobData {
  /** The format version; jobs of another one are left alone. */
  readonly version: typeof JOB_FORMAT;
  /** Readable, and unique in its workspace only. */
  readonly sessionId: string;
  /** The session's, by which its jobs are told from those of all other sessions. */
  readonly identity: string;
  /** The run of the session: what stopped it is not carried over into the next one. */
  readonly runId: string;
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly generation: number;
  /** The generation that idempotency keys are made from, when it is an earlier one. */
  readonly keyGeneration?: number | undefined;
  readonly reviewReason?: string | undefined;
  /** Names of the steps to do, in order. */
  readonly steps: readonly string[];
  readonly content: ContentText;
  /** The checkpoint: reports of the finished steps. */
  readonly done: readonly StepReport[];
  /** How often workers had lost the job when its last step was done: losses since are counted from there. */
  readonly lostBefore: number;
  /** Until its next step is done, nothing else is done beside it. */
  readonly trial?: Trial | undefined;
  readonly settings: JobSettings;
}

/** A job that may be what killed its workers is tried with nothing beside it, so that the next death says whether it is. */
export interface Trial {
  /** How many workers died while its call was under way and nothing else. */
  readonly deaths: number;
  /** While its call is under way: how often workers had lost the job before. */
  readonly underWayAt?: number | undefined;
}

export interface JobResult {
  readonly version: 1;
  readonly done: readonly StepReport[];
  /** Workers died while they had the job, and it has steps left: its owner posts it again for a trial, after all others. */
  readonly suspect?: Pick<Trial, "deaths"> | undefined;
}

/** Workers of a pipeline listen to the queue of their version: of the same steps, and of the same model. */
export function queueNameOf(pipeline: AnyPipeline, modelId: string): string {
  return `holdfast-${pipeline.name}-${versionOf(pipeline, modelId)}`;
}

/**
 * Twelve hex digits that name the steps that workers do, with their versions and settings, the model they call, and the
 * format of jobs. What only the owner of a session does may differ.
 */
export function versionOf({ name, phases }: AnyPipeline, modelId: string): string {
  const steps = phases.map((phase) => [
    phase.name,
    ...runnableSteps(phase).flatMap(({ name: step, version, settings = null, ownerOnly }) =>
      ownerOnly ? [] : [[step, version, settings]],
    ),
  ]);
  return sha256(JSON.stringify([JOB_FORMAT, name, steps, modelId])).slice(0, 12);
}

export interface JobIdParts {
  readonly identity: string;
  readonly phase: string;
  readonly itemId: string;
  readonly generation: number;
  /** Raised when the session moves to another engine and back: earlier results are not used. */
  readonly epoch: number;
  /** Index of the first step of the range that workers do. */
  readonly range: number;
}

/** The deterministic id of an item's job, so that an owner that was killed finds its jobs again, and no other owner does. */
export const jobIdOf = ({ identity, phase, itemId, generation, epoch, range }: JobIdParts): string =>
  `hf-${sha256(JSON.stringify([identity, phase, itemId, generation, epoch, range]))}`;

/** Under this key of the shared state an owner tells the worker that has a job that its item was cancelled. */
export const cancelKeyOf = (jobId: string): string => `cancel:${jobId}`;

/** Whose job it is, of anything that is in a queue; empty for what is no job of ours. */
export const identityOf = (data: unknown): string =>
  typeof data === "object" && data !== null && "identity" in data ? String(data.identity) : "";
