import { AsyncLocalStorage } from "node:async_hooks";
import { StepError, messageOf } from "../failure/index.ts";

/** A place in the code that a user wrote: what is named when an error escapes from it, or the process ends in it. */
export type CodePlace =
  | { readonly kind: "step"; readonly phase: string; readonly step: string; readonly itemId: string }
  | { readonly kind: "source"; readonly phase: string; readonly source: string }
  | { readonly kind: "listener"; readonly listener: string };

/** Code that was called at a place. What it starts and does not wait for still belongs to it. */
export interface RunningCall {
  readonly place: CodePlace;
  /** Fails the call with an error that escaped from it. Returns whether it did: not when the call had ended. */
  readonly fail: (error: unknown) => boolean;
}

const scope = new AsyncLocalStorage<RunningCall>();

/** The call that the code which is running now came from. */
export const currentCall = (): RunningCall | undefined => scope.getStore();

/** Runs code under the name of its place. An error that escapes from it fails nothing. */
export const inPlace = <T>(place: CodePlace, work: () => T): T => scope.run({ place, fail: () => false }, work);

/** A call that held the process up. */
export interface Blocked {
  readonly place: CodePlace;
  readonly ms: number;
}

/** The calls of user code that have not settled. */
export class RunningCode {
  readonly #open = new Set<RunningCall>();
  readonly #onBlocked: (blocked: Blocked) => void;

  /** `onBlocked` is called when a call ran for long before it gave the event loop back. */
  constructor(onBlocked: (blocked: Blocked) => void = () => {}) {
    this.#onBlocked = onBlocked;
  }

  /** Where the calls are, the oldest first. */
  places(): readonly CodePlace[] {
    return [...this.#open].map(({ place }) => place);
  }

  /**
   * Calls code. The promise also rejects when an error escapes from the code, in a timer or in a promise that nobody
   * waits for: the code itself may never settle then.
   */
  run<T>(place: CodePlace, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const call: RunningCall = {
        place,
        fail: (error) => {
          const isOpen = this.#open.delete(call);
          if (isOpen) reject(escaped(error));
          return isOpen;
        },
      };
      this.#open.add(call);
      const sinceMs = performance.now();
      const working = scope.run(call, work);
      const ms = performance.now() - sinceMs;
      if (ms >= BLOCKED_MS) this.#onBlocked({ place, ms });
      void this.#settle(call, working).then(resolve, reject);
    });
  }

  async #settle<T>(call: RunningCall, working: Promise<T>): Promise<T> {
    try {
      return await working;
    } finally {
      this.#open.delete(call);
    }
  }
}

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
