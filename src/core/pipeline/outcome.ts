const OUTCOME: unique symbol = Symbol.for("holdfast.outcome");

/** The item needs no work: it is unchanged, or was done before. */
export interface Skip {
  readonly [OUTCOME]: true;
  readonly kind: "skip";
  readonly reason: string;
}

/** A rule of the pipeline excluded the item. */
export interface Filter {
  readonly [OUTCOME]: true;
  readonly kind: "filter";
  readonly reason: string;
}

/** The item goes on with `content` and ends with status `review`: a person should check it. */
export interface Review<C> {
  readonly [OUTCOME]: true;
  readonly kind: "review";
  readonly reason: string;
  readonly content: C;
}

/** The item becomes several: each goes on by itself, with checkpoints of its own, until a `collect` waits for all. */
export interface FanOut<C> {
  readonly [OUTCOME]: true;
  readonly kind: "fanOut";
  readonly again: false;
  readonly children: readonly { readonly id: string; readonly content: C }[];
}

/** A fan-out whose children begin at the step that made them: they are what that step takes. */
export interface FanOutAgain {
  readonly [OUTCOME]: true;
  readonly kind: "fanOut";
  readonly again: true;
  readonly children: readonly { readonly id: string; readonly content: unknown }[];
}

/** How the children of a fan-out are named. */
export interface FanOutOptions<C> {
  /** Names a child; unique among its siblings and the same in every run. @default its position, from 1 */
  readonly id?: (content: C, index: number) => string;
}

/** What a step can return in place of plain content. */
export type Outcome = Skip | Filter | Review<unknown> | FanOut<unknown> | FanOutAgain;

/**
 * Ends the item as `skipped`: there is nothing to do for it.
 *
 * @example
 * ```ts
 * import { defineStep, skipItem, type StepContext } from "holdfast";
 *
 * const seen = new Set(["kelp"]);
 * const onlyNew = defineStep({
 *   name: "only_new",
 *   process: (word: string) => (seen.has(word) ? skipItem("it is there already") : word),
 * });
 * console.log(JSON.stringify(onlyNew.process("kelp", {} as StepContext)), onlyNew.process("moss", {} as StepContext));
 * // prints: {"kind":"skip","reason":"it is there already"} moss
 * ```
 */
export const skipItem = (reason: string): Skip => ({ [OUTCOME]: true, kind: "skip", reason });

/**
 * Ends the item as `filtered`: a rule excludes it.
 *
 * @example
 * ```ts
 * import { defineStep, filterItem, type StepContext } from "holdfast";
 *
 * const onlyLong = defineStep({
 *   name: "only_long",
 *   process: (text: string) => (text.length < 10 ? filterItem("shorter than 10 characters") : text),
 * });
 * console.log(JSON.stringify(onlyLong.process("kelp", {} as StepContext)));
 * // prints: {"kind":"filter","reason":"shorter than 10 characters"}
 * ```
 */
export const filterItem = (reason: string): Filter => ({ [OUTCOME]: true, kind: "filter", reason });

/**
 * Lets the item go on with `content` and marks it for review by a person.
 *
 * @example
 * ```ts
 * import { defineStep, sendToReview, type StepContext } from "holdfast";
 *
 * const checkLength = defineStep({
 *   name: "check_length",
 *   process: (text: string) => (text.length > 10 ? sendToReview(`${text.length} characters`, text) : text),
 * });
 * console.log(JSON.stringify(checkLength.process("kelp on a rock", {} as StepContext)));
 * // prints: {"kind":"review","reason":"14 characters","content":"kelp on a rock"}
 * ```
 */
export const sendToReview = <C>(reason: string, content: C): Review<C> => ({
  [OUTCOME]: true,
  kind: "review",
  reason,
  content,
});

/**
 * Turns the item into several. Their ids are `<the item's id>/<child id>`. When another item has such an id, this one fails.
 *
 * @example
 * ```ts
 * import { defineStep, fanOut, type StepContext } from "holdfast";
 *
 * const split = defineStep({
 *   name: "split",
 *   process: (text: string) => fanOut(text.split("\n"), { id: (_line, index) => `l${index}` }),
 * });
 * // An item `docs/kelp` becomes `docs/kelp/l0` and `docs/kelp/l1`.
 * console.log(JSON.stringify(split.process("first\nsecond", {} as StepContext)));
 * // prints: {"kind":"fanOut","again":false,"children":[{"id":"l0","content":"first"},{"id":"l1","content":"second"}]}
 * ```
 */
export const fanOut = <C>(children: readonly C[], { id = byPosition }: FanOutOptions<C> = {}): FanOut<C> => ({
  [OUTCOME]: true,
  kind: "fanOut",
  again: false,
  children: children.map((content, index) => ({ id: id(content, index), content })),
});

/**
 * Turns the item into several that start at the step that returns this, for work that is too large for one item. Each
 * such fan-out is one level deeper and needs one more `collect` step.
 *
 * @example
 * ```ts
 * import { defineStep, fanOutAgain, type StepContext } from "holdfast";
 *
 * const MAX_LENGTH = 8;
 * const summarise = defineStep({
 *   name: "summarise",
 *   process: (text: string) =>
 *     text.length > MAX_LENGTH ? fanOutAgain([text.slice(0, MAX_LENGTH), text.slice(MAX_LENGTH)]) : text,
 * });
 * console.log(JSON.stringify(summarise.process("kelp on rock", {} as StepContext)));
 * // prints: {"kind":"fanOut","again":true,"children":[{"id":"1","content":"kelp on "},{"id":"2","content":"rock"}]}
 * ```
 */
export const fanOutAgain = <C>(children: readonly C[], { id = byPosition }: FanOutOptions<C> = {}): FanOutAgain => ({
  [OUTCOME]: true,
  kind: "fanOut",
  again: true,
  children: children.map((content, index) => ({ id: id(content, index), content })),
});

const byPosition = (_content: unknown, index: number): string => String(index + 1);

/** Whether a value is one of the outcomes, and not plain content. */
export function isOutcome(value: unknown): value is Outcome {
  return typeof value === "object" && value !== null && OUTCOME in value;
}

/** The content type that a step's result leaves for the next step. */
export type ContentOf<R> = R extends Skip | Filter | FanOutAgain
  ? never
  : R extends FanOut<infer C>
    ? C
    : R extends Review<infer C>
      ? C
      : R;
