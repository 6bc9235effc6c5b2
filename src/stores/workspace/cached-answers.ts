import type { AnswerCache } from "../../core/storage/index.ts";

/** How many answers there are, and the bytes of their texts. */
export interface AnswerSize {
  readonly answers: number;
  readonly bytes: number;
}

/** The answers of one step. */
export interface StepAnswers extends AnswerSize {
  readonly step: string;
  /** When the oldest and the newest were stored; ISO 8601. */
  readonly oldestAt: string;
  readonly newestAt: string;
}

/** Which answers; all of them when empty. */
export interface AnswerQuery {
  /** Only those kept before this moment. */
  readonly before?: Date;
  /** Only those of this step. */
  readonly step?: string;
}

/** A cache that can be inspected and pruned. */
export interface CachedAnswers extends AnswerCache {
  /** By name of the step. */
  steps(): readonly StepAnswers[];
  measure(query: AnswerQuery): AnswerSize;
  /** Removes answers and returns how many. Runs in other processes go on meanwhile. */
  prune(query: AnswerQuery): AnswerSize;
}
