import { NotSent } from "../../failure/index.ts";

/** Says right before a call is sent whether it still should be: rejects with `NotSent` when not. */
export type ConfirmCall = () => Promise<void> | undefined;

/**
 * Asks before each call of one item in one step whether it may go out. Once it may not, none may: what the step makes of that
 * is not asked, since its code may catch anything.
 */
export class CallGuard {
  readonly #confirm: ConfirmCall;
  #stopped: NotSent | undefined;
  #hasSent = false;

  constructor(confirm: ConfirmCall) {
    this.#confirm = confirm;
  }

  /** Why no call may go out any more. */
  get stopped(): NotSent | undefined {
    return this.#stopped;
  }

  /** Whether a call of the model has gone out since the attempt began. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /** Before the step's own code runs, in its lane. `undefined` when it may at once. */
  begin(): Promise<void> | undefined {
    this.#hasSent = false;
    return this.#ask();
  }

  /** Before a call of the model, in its lane. */
  send(): Promise<void> | undefined {
    const asking = this.#ask();
    if (asking) return asking.then(() => void (this.#hasSent = true));
    this.#hasSent = true;
    return undefined;
  }

  #ask(): Promise<void> | undefined {
    if (this.#stopped) return Promise.reject(this.#stopped);
    return this.#confirm()?.catch((error: unknown) => {
      if (error instanceof NotSent) this.#stopped = error;
      throw error;
    });
  }
}
