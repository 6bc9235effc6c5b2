const OUTCOME: unique symbol = Symbol.for("holdfast.outcome");

/** The item needs no work: it is unchanged, or was done before. */
export interface Skip {
  readonly [OUTCOME]: "skip";
  readonly reason: string;
}

/** A rule of the pipeline said no to the item. */
export interface Filter {
  readonly [OUTCOME]: "filter";
  readonly reason: string;
}

/** The item goes on with `content`, ends with status `review`, and a person should look at it. */
export interface Review<C> {
  readonly [OUTCOME]: "review";
  readonly reason: string;
  readonly content: C;
}

/** What a step can return in place of plain content. */
export type Outcome = Skip | Filter | Review<unknown>;

/** Ends the item as `skipped`: nothing to do for it. */
export const skip = (reason: string): Skip => ({ [OUTCOME]: "skip", reason });

/** Ends the item as `filtered`: a rule said no. */
export const filter = (reason: string): Filter => ({ [OUTCOME]: "filter", reason });

/** Lets the item go on with `content` and marks it for a person to look at. */
export const review = <C>(reason: string, content: C): Review<C> => ({ [OUTCOME]: "review", reason, content });

/** Which of the three a value is; `undefined` for plain content. */
export function outcomeOf(value: unknown): "skip" | "filter" | "review" | undefined {
  return isOutcome(value) ? value[OUTCOME] : undefined;
}

/** Whether a step returned `skip`, `filter` or `review` in place of plain content. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === "object" && value !== null && OUTCOME in value;
}

/** The content type that a step's result leaves for the next step. */
export type ContentOf<R> = R extends Skip | Filter ? never : R extends Review<infer C> ? C : R;
