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

/**
 * Retries after every outcome, an accepted value included.
 *
 * @example
 * ```ts
 * import { retry, retryAlways, stopAfterAttempt, waitNone } from "holdfast/retry";
 *
 * let calls = 0;
 * const poll = (): number => (calls += 1);
 * await retry(poll, { retry: retryAlways, stop: stopAfterAttempt(3), wait: waitNone() }).catch((error) => {
 *   console.log(error.message);
 * });
 * // prints: `poll` gave up after 3 attempts (attempts): the returned value was not accepted
 * ```
 */
export const retryAlways: SyncRetryPredicate = () => true;

/**
 * Never calls again; only {@link TryAgain} does.
 *
 * @example
 * ```ts
 * import { retry, retryNever, TryAgain, waitNone } from "holdfast/retry";
 *
 * let calls = 0;
 * const poll = (): string => {
 *   calls += 1;
 *   if (calls < 3) throw new TryAgain();
 *   return `ready at call ${calls}`;
 * };
 * // Errors are thrown on; only the function itself asks for another call.
 * console.log(await retry(poll, { retry: retryNever, wait: waitNone() }));
 * // prints: ready at call 3
 * ```
 */
export const retryNever: SyncRetryPredicate = /* @__PURE__ */ errorsOnly(() => false);

/**
 * Retries when an error was raised and `test` is true for it; without a test, after any error.
 *
 * @example
 * ```ts
 * import { retryIfException } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const isBusy = retryIfException((error) => error instanceof Error && error.message.includes("SQLITE_BUSY"));
 * const after = (error: Error) => isBusy(retryState({ outcome: { status: "raised", error } }));
 * console.log(after(new Error("SQLITE_BUSY: database is locked")), after(new Error("no such table")));
 * // prints: true false
 * ```
 */
export function retryIfException(test: OutcomeTest = () => true): SyncRetryPredicate {
  return errorsOnly(test);
}

/**
 * Retries when the error is an instance of one of the classes, subclasses included. No class means never.
 *
 * @example
 * ```ts
 * import { ConnectionError, retryIfExceptionType, TimeoutError } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const isNetwork = retryIfExceptionType(ConnectionError, TimeoutError);
 * const after = (error: Error) => isNetwork(retryState({ outcome: { status: "raised", error } }));
 * console.log(after(new ConnectionError("reset")), after(new RangeError("bad page")));
 * // prints: true false
 * ```
 */
export function retryIfExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly(isOne);
}

/**
 * Retries when the error is an instance of none of the classes. A value is accepted.
 *
 * @example
 * ```ts
 * import { retryIfNotExceptionType } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const unlessBug = retryIfNotExceptionType(TypeError, ReferenceError);
 * const after = (error: Error) => unlessBug(retryState({ outcome: { status: "raised", error } }));
 * console.log(after(new Error("503")), after(new TypeError("x is undefined")));
 * console.log(unlessBug(retryState({ outcome: { status: "returned", value: "a value" } })));
 * // prints: true false
 * // prints: false
 * ```
 */
export function retryIfNotExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly((error) => !isOne(error));
}

/**
 * Retries until an error of one of the classes is raised, after values too.
 *
 * @example
 * ```ts
 * import { retry, retryUnlessExceptionType, stopNever, waitNone } from "holdfast/retry";
 *
 * class QueueIsEmpty extends Error {}
 * let left = 3;
 * const drain = (): void => {
 *   if (left === 0) throw new QueueIsEmpty("the queue is empty");
 *   left -= 1;
 * };
 * const options = { retry: retryUnlessExceptionType(QueueIsEmpty), stop: stopNever, wait: waitNone() };
 * await retry(drain, options).catch((error) => console.log(`${error.message}, ${left} left`));
 * // prints: the queue is empty, 0 left
 * ```
 */
export function retryUnlessExceptionType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return ({ outcome }) => outcome?.status !== "raised" || !isOne(outcome.error);
}

/**
 * Retries when some `cause` below the error is an instance of one of the classes; the error itself is not checked.
 *
 * @example
 * ```ts
 * import { ConnectionError, retryIfExceptionCauseType } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const isNetwork = retryIfExceptionCauseType(ConnectionError);
 * const after = (cause: Error) =>
 *   isNetwork(retryState({ outcome: { status: "raised", error: new Error("sync failed", { cause }) } }));
 * console.log(after(new ConnectionError("reset")), after(new RangeError("bad page")));
 * // prints: true false
 * ```
 */
export function retryIfExceptionCauseType(...types: readonly ErrorClass[]): SyncRetryPredicate {
  const isOne = isOneOf(types);
  return errorsOnly((error) => causesOf(error).some(isOne));
}

/**
 * Retries when the error's message equals `message`, or when `match` is found at its beginning (a string) or anywhere
 * (a RegExp).
 *
 * @example
 * ```ts
 * import { retryIfExceptionMessage } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const isLock = retryIfExceptionMessage({ match: /deadlock|lock timeout/i });
 * const after = (message: string) => isLock(retryState({ outcome: { status: "raised", error: new Error(message) } }));
 * console.log(after("ERROR: deadlock detected"), after("ERROR: unique violation"));
 * // prints: true false
 * ```
 */
export function retryIfExceptionMessage(test: MessageTest): SyncRetryPredicate {
  return errorsOnly(messageTest(test));
}

/**
 * Retries until an error with that message is raised, after values too.
 *
 * @example
 * ```ts
 * import { retryIfNotExceptionMessage } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * const untilGone = retryIfNotExceptionMessage({ message: "not found" });
 * console.log(untilGone(retryState({ outcome: { status: "returned", value: "still there" } })));
 * console.log(untilGone(retryState({ outcome: { status: "raised", error: new Error("not found") } })));
 * // prints: true
 * // prints: false
 * ```
 */
export function retryIfNotExceptionMessage(test: MessageTest): SyncRetryPredicate {
  const matches = messageTest(test);
  return ({ outcome }) => outcome?.status !== "raised" || !matches(outcome.error);
}

/**
 * Retries when a value was returned and `test` is true for it.
 *
 * @example
 * ```ts
 * import { retry, retryIfResult, waitNone } from "holdfast/retry";
 *
 * const answers = ["pending", "pending", "done"];
 * const pollJob = async () => answers.shift();
 * console.log(await retry(pollJob, { retry: retryIfResult((status) => status === "pending"), wait: waitNone() }));
 * // prints: done
 * ```
 */
export function retryIfResult(test: OutcomeTest): SyncRetryPredicate {
  return ({ outcome }) => outcome?.status === "returned" && test(outcome.value);
}

/**
 * Retries when a value was returned and `test` is false for it.
 *
 * @example
 * ```ts
 * import { retry, retryIfNotResult, waitNone } from "holdfast/retry";
 *
 * const answers = [[], [], ["first row"]];
 * const readRows = async () => answers.shift();
 * const untilRows = retryIfNotResult((rows: string[]) => rows.length > 0);
 * console.log(await retry(readRows, { retry: untilRows, wait: waitNone() }));
 * // prints: [ 'first row' ]
 * ```
 */
export function retryIfNotResult(test: OutcomeTest): SyncRetryPredicate {
  return ({ outcome }) => outcome?.status === "returned" && !test(outcome.value);
}

/**
 * Retries when one of the predicates says so. Those after it are not called.
 *
 * @example
 * ```ts
 * import { retry, retryAny, retryIfExceptionType, retryIfResult, TimeoutError, waitNone } from "holdfast/retry";
 *
 * let calls = 0;
 * const poll = async (): Promise<string> => {
 *   calls += 1;
 *   if (calls === 1) throw new TimeoutError("slow");
 *   return calls === 2 ? "pending" : "done";
 * };
 * const again = retryAny(retryIfExceptionType(TimeoutError), retryIfResult((status) => status === "pending"));
 * console.log(await retry(poll, { retry: again, wait: waitNone() }), calls);
 * // prints: done 3
 * ```
 */
export function retryAny(...predicates: readonly SyncRetryPredicate[]): SyncRetryPredicate;
/** The same with predicates some of which may be async. */
export function retryAny(...predicates: readonly RetryPredicate[]): RetryPredicate;
export function retryAny(...predicates: readonly RetryPredicate[]): RetryPredicate {
  return withMark(predicates.every(looksAtErrorsOnly), (state) => firstToSay(true, predicates, state));
}

/**
 * Retries when all of the predicates say so. Those after the first no are not called.
 *
 * @example
 * ```ts
 * import { retryAll, retryIfExceptionMessage, retryIfExceptionType } from "holdfast/retry";
 * import { retryState } from "holdfast/retry/testing";
 *
 * class QuotaError extends Error {}
 * const again = retryAll(retryIfExceptionType(QuotaError), retryIfExceptionMessage({ match: "per minute" }));
 * const after = (message: string) =>
 *   again(retryState({ outcome: { status: "raised", error: new QuotaError(message) } }));
 * console.log(after("per minute quota used up"), after("per month quota used up"));
 * // prints: true false
 * ```
 */
export function retryAll(...predicates: readonly SyncRetryPredicate[]): SyncRetryPredicate;
/** The same with predicates some of which may be async. */
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
