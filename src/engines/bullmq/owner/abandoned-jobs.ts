/// <reference lib="esnext.disposable" preserve="true" />
const LOOK_EVERY_MS = 2_000;

/** Jobs of which nothing is wanted any more, and that a worker may still be at: each is removed when it is not. */
export class AbandonedJobs implements AsyncDisposable {
  readonly #removeUnlessHeld: (id: string) => Promise<boolean>;
  readonly #ids = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isLooking = false;

  /** `removeUnlessHeld` removes a job that no worker is at, and says whether it is gone. */
  constructor(removeUnlessHeld: (id: string) => Promise<boolean>) {
    this.#removeUnlessHeld = removeUnlessHeld;
  }

  add(id: string): void {
    this.#ids.add(id);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Looks at them for the last time. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#look();
    await this.#looking;
  }

  #look(): void {
    // A database that is away is asked once, however long it is away.
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#looking = this.#lookAtAll().finally(() => (this.#isLooking = false));
  }

  async #lookAtAll(): Promise<void> {
    for (const id of this.#ids) {
      const isGone = await this.#removeUnlessHeld(id).catch(() => false);
      if (isGone) this.#ids.delete(id);
    }
    if (this.#ids.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
