import { areClasses, refuse } from "./refuse.ts";
import { andThen, type MaybePromise } from "./maybe-promise.ts";
import type { RetryState } from "./state.ts";
import { timelessly } from "./traits.ts";

/** Decides after an attempt whether to call the function again: a plain function of the state, sync or async. */
export type RetryPredicate = (state: RetryState) => MaybePromise<boolean>;

/** A predicate of this library that is synchronous. */
export type SyncRetryPredicate = (state: RetryState) => boolean;

/** Anything that can stand right of `instanceof`; abstract classes too. */
export type ErrorClass = abstract new (...args: never) => unknown;

/** Which message to look for: the whole text, or a pattern somewhere in it. */
export type MessageTest =
  | { readonly message: string; readonly match?: undefined }
  | { readonly match: string | RegExp; readonly message?: undefined };

/**
 * A question about a value or an error. It is bivariant, so that your function may name the type that it expects:
 * `retryIfResult((response: Response) => response.status === 503)`.
 */
export type OutcomeTest = { test(subject: unknown): boolean }["test"];

/** On predicates that accept every value. It stands here because `retryNever` is made while this file loads. */
const ERRORS_ONLY: unique symbol = /* @__PURE__ */ Symbol("looks at errors only");

/** Retries after every outcome, an accepted value included. */
export const retryAlways: SyncRetryPredicate = () => true;

/** Never calls again; only {@link TryAgain} does. */
export const retryNever: SyncRetryPredicate = /* @__PURE__ */ errorsOnly(() => false);

/** Retries when an error was raised and `test` is true for it; without a test, after any error. */
export function retryIfException(test: OutcomeTest = () => true): SyncRetryPredicate {
  return errorsOnly(test);
}

/** Retries when the error is an instance of one of the classes, subclasses included. No class means never. */
export function retryIfExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly(isOne);
}

/** Retries when the error is an instance of none of the classes. A value is accepted. */
export function retryIfNotExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly((error) => !isOne(error));
}

/** Retries until an error of one of the classes is raised, after values too. */
export function retryUnlessExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return ({ outcome }) => outcome?.status !== "raised" || !isOne(outcome.error);
}

/** Retries when some `cause` below the error is an instance of one of the classes; the error itself is not checked. */
export function retryIfExceptionCauseType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly((error) => causesOf(error).some(isOne));
}

/**
 * Retries when the error's message equals `message`, or when `match` is found at its beginning (a string) or anywhere
 * (a RegExp).
 */
export function retryIfExceptionMessage(test: MessageTest): SyncRetryPredicate {
  return errorsOnly(messageTest(test));
}

/** Retries until an error with that message is raised, after values too. */
export function retryIfNotExceptionMessage(test: MessageTest): SyncRetryPredicate {
  const matches = messageTest(test);
  return ({ outcome }) => outcome?.status !== "raised" || !matches(outcome.error);
}

/** Retries when a value was returned and `test` is true for it. */
export function retryIfResult(test: OutcomeTest): SyncRetryPredicate {
  return ({ outcome }) => outcome?.status === "returned" && test(outcome.value);
}

/** Retries when a value was returned and `test` is false for it. */
export function retryIfNotResult(test: OutcomeTest): SyncRetryPredicate {
  return ({ outcome }) => outcome?.status === "returned" && !test(outcome.value);
}

/** Retries when one of the predicates says so. Those after it are not called. */
export function retryAny(...predicates: readonly SyncRetryPredicate[]): SyncRetryPredicate;
export function retryAny(...predicates: readonly RetryPredicate[]): RetryPredicate;
export function retryAny(...predicates: readonly RetryPredicate[]): RetryPredicate {
  return withMark(predicates.every(looksAtErrorsOnly), (state) => firstToSay(true, predicates, state));
}

/** Retries when all of the predicates say so. Those after the first no are not called. */
export function retryAll(...predicates: readonly SyncRetryPredicate[]): SyncRetryPredicate;
export function retryAll(...predicates: readonly RetryPredicate[]): RetryPredicate;
export function retryAll(...predicates: readonly RetryPredicate[]): RetryPredicate {
  return withMark(predicates.every(looksAtErrorsOnly), (state) => firstToSay(false, predicates, state));
}

/** True for a predicate that accepts every value, so that a success skips it, which keeps calls fast. */
export function looksAtErrorsOnly(predicate: RetryPredicate & Partial<Marked>): boolean {
  return predicate[ERRORS_ONLY] === true;
}

interface Marked {
  readonly [ERRORS_ONLY]: boolean;
}

function errorsOnly(test: OutcomeTest): SyncRetryPredicate {
  return timelessly(withMark(true, ({ outcome }: RetryState) => outcome?.status === "raised" && test(outcome.error)));
}

function withMark<P extends RetryPredicate>(errorsOnly: boolean, predicate: P): P {
  return Object.assign(predicate, { [ERRORS_ONLY]: errorsOnly });
}

function isOneOf(types: readonly ErrorClass[]): OutcomeTest {
  areClasses("types", types);
  return (error) => types.some((type) => error instanceof type);
}

function messageTest({ message, match }: MessageTest): OutcomeTest {
  if ((message === undefined) === (match === undefined)) refuse("message or match", "exactly one of the two", message);
  const pattern = typeof match === "string" ? new RegExp(`^(?:${match})`) : match;
  // search() ignores the lastIndex of a global pattern.
  return (error) => (pattern === undefined ? textOf(error) === message : textOf(error).search(pattern) >= 0);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causesOf(error: unknown): readonly unknown[] {
  const causes = new Set<unknown>();
  let below = error;
  while (below instanceof Error && below.cause !== undefined && !causes.has(below.cause))
    causes.add((below = below.cause));
  return [...causes];
}

/** `answer` once a predicate gives it, the opposite when none does; a promise from the first async predicate on. */
function firstToSay(
  answer: boolean,
  [first, ...others]: readonly RetryPredicate[],
  state: RetryState,
): MaybePromise<boolean> {
  if (first === undefined) return !answer;
  return andThen(first(state), (said) => (!said === answer ? firstToSay(answer, others, state) : answer));
}
