import { AsyncLocalStorage } from "node:async_hooks";
import { Bag, type InBag } from "../base/index.ts";
import { StepError, messageOf } from "../failure/index.ts";

/** A place in the code that a user wrote: what is named when an error escapes from it, or the process ends in it. */
export type CodePlace =
  | { readonly kind: "step"; readonly phase: string; readonly step: string; readonly itemId: string }
  | { readonly kind: "source"; readonly phase: string; readonly source: string }
  | { readonly kind: "listener"; readonly listener: string };

/** Code that was called at a place. What it starts and does not wait for still belongs to it. */
export class RunningCall implements InBag {
  readonly place: CodePlace;
  readonly #open: Bag<RunningCall> | undefined;
  /** In the bag of calls that have not settled. */
  slot = -1;
  /** Which of them began before it. */
  readonly number: number;
  /** Rejects the call's promise, if it has one. */
  reject: ((error: unknown) => void) | undefined;

  constructor(place: CodePlace, number = 0, open?: Bag<RunningCall>) {
    this.place = place;
    this.number = number;
    this.#open = open;
  }

  /** Fails the call with an error that escaped from it. Returns whether it did: not when the call had ended. */
  fail(error: unknown): boolean {
    const isOpen = this.#open?.delete(this) === true;
    if (isOpen) this.reject?.(escaped(error));
    return isOpen;
  }
}

const scope = new AsyncLocalStorage<RunningCall>();

/** The call that the code which is running now came from. */
export const currentCall = (): RunningCall | undefined => scope.getStore();

/** Where the code is that is running now: in a call, or in a listener that has not returned. */
export const currentPlace = (): CodePlace | undefined => listening ?? scope.getStore()?.place;

let listening: CodePlace | undefined;

/** Calls a listener. Its place is known until it returns: there are too many events for more. */
export function inListener<T>(listener: string, work: () => T): T {
  const outer = listening;
  listening = { kind: "listener", listener };
  try {
    return work();
  } finally {
    listening = outer;
  }
}

/** Runs code under the name of its place. An error that escapes from it fails nothing. */
export const inPlace = <T>(place: CodePlace, work: () => T): T => scope.run(new RunningCall(place), work);

/** A call that held the process up. */
export interface Blocked {
  readonly place: CodePlace;
  readonly ms: number;
}

/** The calls of user code that have not settled. */
export class RunningCode {
  readonly #open = new Bag<RunningCall>();
  #calls = 0;
  readonly #onBlocked: (blocked: Blocked) => void;

  /** `onBlocked` is called when a call ran for long before it gave the event loop back. */
  constructor(onBlocked: (blocked: Blocked) => void = () => {}) {
    this.#onBlocked = onBlocked;
  }

  /** Where the calls are, the oldest first. */
  places(): readonly CodePlace[] {
    return this.#open
      .list()
      .toSorted((a, b) => a.number - b.number)
      .map(({ place }) => place);
  }

  /**
   * Calls code. A promise that it returns also rejects when an error escapes from the code, in a timer or in a promise
   * that nobody waits for: the code itself may never settle then. This is on the path of every step, so that code which
   * returns at once costs nothing more.
   */
  run<T>(place: CodePlace, work: () => T | PromiseLike<T>): T | Promise<T> {
    const call = new RunningCall(place, this.#calls++, this.#open);
    const sinceMs = performance.now();
    const made = scope.run(call, work);
    const ms = performance.now() - sinceMs;
    if (ms >= BLOCKED_MS) this.#onBlocked({ place, ms });
    if (!isThenable(made)) return made;
    const open = this.#open;
    open.add(call);
    return new Promise((resolve, reject) => {
      call.reject = reject;
      const settle = (value: T): void => {
        open.delete(call);
        resolve(value);
      };
      const fail = (error: unknown): void => {
        open.delete(call);
        reject(error);
      };
      (made instanceof Promise ? made : Promise.resolve(made)).then(settle, fail);
    });
  }
}

const isThenable = <T>(made: T | PromiseLike<T>): made is PromiseLike<T> =>
  made instanceof Promise ||
  (typeof made === "object" && made !== null && "then" in made && typeof made.then === "function");

/** For so long the event loop may be blocked before it is worth a line. */
export const BLOCKED_MS = 2_000;

const escaped = (error: unknown): StepError =>
  new StepError("bug", `An error escaped from it (is an \`await\` missing?): ${messageOf(error)}`, { cause: error });

/** A place in words, as in `step "look" of item "a"`. */
export function describePlace(place: CodePlace): string {
  switch (place.kind) {
    case "step":
      return `step ${JSON.stringify(place.step)} of item ${JSON.stringify(place.itemId)}`;
    case "source":
      return `source ${JSON.stringify(place.source)} of phase ${JSON.stringify(place.phase)}`;
    case "listener":
      return `the listener \`${place.listener}\``;
  }
}
