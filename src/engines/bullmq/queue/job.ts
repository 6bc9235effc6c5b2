import { sha256 } from "../../../core/base/index.ts";
import type { FailureKind } from "../../../core/failure/index.ts";
import type { Usage } from "../../../core/model/index.ts";
import { runnableSteps, type AnyPipeline } from "../../../core/pipeline/index.ts";

/** Content of at most so many characters travels in the job; larger ones are kept beside it and named. */
export const INLINE_CHARACTERS: number = 64 * 1024;
/** The most characters of one content that workers take or put out. */
export const MOST_CHARACTERS: number = 16 * 1024 * 1024;

/** A content as JSON text: in the job, or under a key of the shared state. */
export type ContentText = { readonly text: string } | { readonly key: string };

/** An error in words that travel. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly kind?: FailureKind | undefined;
  readonly request?: string | undefined;
  readonly rawAnswer?: string | undefined;
  /** What caused it, and what caused that: outermost first. */
  readonly causes: readonly Pick<ErrorText, "message" | "name" | "stack">[];
}

export interface AttemptText {
  readonly attempt: number;
  readonly kind: FailureKind;
  readonly error: ErrorText;
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
      readonly error: ErrorText;
      readonly attempts: readonly AttemptText[];
    }
  | { readonly kind: "stopped"; readonly failure: FailureKind | "outage"; readonly message: string };

/** What a worker says of one step of one item. */
export interface StepReport {
  readonly step: string;
  readonly end: ReportedEnd;
  readonly attempts: number;
  readonly durationMs: number;
  readonly usage?: Usage | undefined;
}

/** What of a run's options travels with each item. */
export interface JobSettings {
  readonly retry: {
    readonly maxAttempts?: number | undefined;
    readonly minWaitSeconds?: number | undefined;
    readonly maxWaitSeconds?: number | undefined;
  };
  /** Limits by lane. */
  readonly lanes: Readonly<Record<string, object>>;
  readonly price?: { readonly inputPerMillion: number; readonly outputPerMillion: number } | undefined;
}

/** The item of a job. What to do with it is named by steps of the pipeline that the worker has loaded, and by nothing else. */
export interface JobData {
  /** Another number is of another version of Holdfast, whose jobs are left alone. */
  readonly version: 1;
  readonly sessionId: string;
  /** One run of the session: what stopped it is not carried over into the next one. */
  readonly runId: string;
  readonly phase: string;
  readonly itemId: string;
  readonly sourcePath: string;
  readonly generation: number;
  readonly reviewReason?: string | undefined;
  /** Names of the steps to do, in order. */
  readonly steps: readonly string[];
  readonly content: ContentText;
  /** What was done already: the checkpoint. */
  readonly done: readonly StepReport[];
  /** How often workers had lost the job when its last step was done: losses since are counted from there. */
  readonly lostBefore: number;
  /** How often they had lost it when one began its next step with no other suspect beside it. */
  readonly aloneAt?: number | undefined;
  readonly settings: JobSettings;
}

export interface JobResult {
  readonly version: 1;
  readonly done: readonly StepReport[];
}

/** Workers of a pipeline listen to the queue of their version: of the same steps, and of the same model. */
export function queueNameOf(pipeline: AnyPipeline, modelId: string): string {
  return `holdfast-${pipeline.name}-${versionOf(pipeline, modelId)}`;
}

/**
 * Twelve hex digits that name the steps that workers do, with their versions and settings, and the model they call. What
 * only the owner of a session does may differ.
 */
export function versionOf({ name, phases }: AnyPipeline, modelId: string): string {
  const steps = phases.map((phase) => [
    phase.name,
    ...runnableSteps(phase).flatMap(({ name: step, version, settings = null, ownerOnly }) =>
      ownerOnly ? [] : [[step, version, settings]],
    ),
  ]);
  return sha256(JSON.stringify([name, steps, modelId])).slice(0, 12);
}

export interface JobIdParts {
  readonly sessionId: string;
  readonly phase: string;
  readonly itemId: string;
  readonly generation: number;
  /** Raised when the session moves to another engine and back: results from before are not asked for again. */
  readonly epoch: number;
  /** Place of the first step of the stretch that workers do. */
  readonly range: number;
}

/** The id of an item's job: the same whoever asks, so that an owner that was killed finds its jobs again. */
export const jobIdOf = ({ sessionId, phase, itemId, generation, epoch, range }: JobIdParts): string =>
  `hf-${sha256(JSON.stringify([sessionId, phase, itemId, generation, epoch, range]))}`;
