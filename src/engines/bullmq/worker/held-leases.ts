import type { HeldJob } from "../queue/backend.ts";

/**
 * The leases that a worker holds. Each is of one token: a job that the worker lost and got again is held under another one,
 * and the end of the first work on it is not the end of the second.
 */
export class HeldLeases implements Iterable<HeldJob> {
  readonly #held = new Map<string, HeldJob>();

  hold(job: HeldJob): void {
    this.#held.set(keyOf(job), job);
  }

  drop(job: HeldJob): void {
    this.#held.delete(keyOf(job));
  }

  [Symbol.iterator](): Iterator<HeldJob> {
    return this.#held.values();
  }
}

/** BullMQ uses a token for one job after the other. */
const keyOf = ({ id, token }: HeldJob): string => JSON.stringify([token, id]);
