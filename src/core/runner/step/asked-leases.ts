import { Bag, type InBag } from "../../base/index.ts";
import type { AnswerLeases, LeaseTaken } from "../../storage/index.ts";

/** A lease that somebody asked for. */
export interface AskedLease {
  /** What came of it. Rejects when it was cut off before. */
  readonly taken: Promise<LeaseTaken>;
  /** Ends the wait for it with that reason. */
  readonly cut: (reason: unknown) => void;
  /** Waits for it no longer; `taken` then never settles. */
  readonly leave: () => void;
}

/** Someone who waits for a lease. */
interface Asking extends InBag {
  readonly key: string;
  readonly lease: Promise<LeaseTaken>;
  readonly reject: (reason: unknown) => void;
}

/**
 * Leases that were asked for and have not come: another process may have the workspace locked for long. Who waits for one may
 * leave; the lease then goes to whoever asks for the same one next, and is given up when it comes and nobody has. Asking for it
 * a second time would tell that it is here already, while it is about to be given up.
 */
export class AskedLeases {
  readonly #leases: AnswerLeases;
  readonly #asking = new Bag<Asking>();
  /** Those that nobody waits for. */
  readonly #left = new Map<string, Promise<LeaseTaken>>();

  /** All waits end with `drain`. */
  constructor(leases: AnswerLeases, drain: AbortSignal) {
    this.#leases = leases;
    // One listener for all: most leases are there at once.
    drain.addEventListener("abort", () => this.#asking.list().forEach((one) => this.#cut(one, drain.reason)), {
      once: true,
    });
  }

  /** Asks for the lease on a call, or takes the place of who has left. */
  take(key: string): AskedLease {
    const left = this.#left.get(key);
    this.#left.delete(key);
    return this.waitFor(key, left ?? this.#leases.take(key));
  }

  /** Waits for a lease that was asked for. */
  waitFor(key: string, lease: Promise<LeaseTaken>): AskedLease {
    const { promise, resolve, reject } = Promise.withResolvers<LeaseTaken>();
    const asking: Asking = { slot: -1, key, lease, reject };
    this.#asking.add(asking);
    const wait = async (): Promise<void> => {
      const taken = await lease;
      if (this.#asking.delete(asking)) resolve(taken);
      else if (this.#left.get(key) === lease) this.#giveUp(key, taken);
    };
    void wait();
    return { taken: promise, cut: (reason) => this.#cut(asking, reason), leave: () => void this.#leave(asking) };
  }

  #giveUp(key: string, taken: LeaseTaken): void {
    this.#left.delete(key);
    if (taken === "held") this.#leases.giveUp(key);
  }

  #cut(asking: Asking, reason: unknown): void {
    if (this.#leave(asking)) asking.reject(reason);
  }

  #leave(asking: Asking): boolean {
    const isWaiting = this.#asking.delete(asking);
    if (isWaiting) this.#left.set(asking.key, asking.lease);
    return isWaiting;
  }
}
