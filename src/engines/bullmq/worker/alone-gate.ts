export interface AloneGateOptions {
  /** Takes no more jobs from the queue, or takes them again. */
  readonly take: (isTaking: boolean) => void;
}

/**
 * Lets one job of a worker be at work with nothing beside it. While it waits for that, the others end at their next
 * checkpoint and go back into the queue, and no new one is begun.
 */
export class AloneGate {
  readonly #take: AloneGateOptions["take"];
  readonly #atWork = new Set<symbol>();
  #alone: symbol | undefined;
  #onLeft: (() => void) | undefined;

  constructor({ take }: AloneGateOptions) {
    this.#take = take;
  }

  /** Jobs at work. */
  get size(): number {
    return this.#atWork.size;
  }

  /** Lets a job in. `undefined` when another one is alone, or waits for that: then this one is not to be begun. */
  enter(): JobAtWork | undefined {
    if (this.#alone !== undefined) return undefined;
    const job = Symbol("job");
    this.#atWork.add(job);
    return {
      isUnwanted: () => this.#alone !== undefined && this.#alone !== job,
      alone: (work, options) => this.#runAlone(job, work, options),
      [Symbol.dispose]: () => {
        this.#atWork.delete(job);
        this.#onLeft?.();
      },
    };
  }

  async #runAlone<T>(job: symbol, work: () => Promise<T>, { patienceMs }: Patience): Promise<T | undefined> {
    if (this.#alone !== undefined) return undefined;
    this.#alone = job;
    this.#take(false);
    try {
      return (await this.#untilAlone(patienceMs)) ? await work() : undefined;
    } finally {
      this.#alone = undefined;
      this.#take(true);
    }
  }

  #untilAlone(patienceMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isAlone: boolean): void => {
        clearTimeout(tooLate);
        this.#onLeft = undefined;
        resolve(isAlone);
      };
      const tooLate = setTimeout(() => end(false), patienceMs);
      this.#onLeft = () => this.#atWork.size === 1 && end(true);
      this.#onLeft();
    });
  }
}

export interface Patience {
  /** How long to wait for the others. Milliseconds. */
  readonly patienceMs: number;
}

/** A job that was let in, until it is disposed of. */
export interface JobAtWork extends Disposable {
  /** Whether it should go back into the queue after its current step, since another one is to be alone. */
  readonly isUnwanted: () => boolean;
  /** Does work with no other job beside it. `undefined` when the others take longer than that. */
  readonly alone: <T>(work: () => Promise<T>, patience: Patience) => Promise<T | undefined>;
}

const LEAST_PATIENCE_MS = 1_000;
const MOST_PATIENCE_MS = 3_600_000;

/**
 * How long a worker waits until a job can be alone: as long as the job has waited already. So no step takes too long to be
 * waited for at last, and a worker whose steps take long is held up for half of the time at most.
 */
export const patienceOf = (waitedMs: number): number =>
  // Clocks of machines differ, and Postgres takes whole milliseconds only.
  Math.ceil(Math.min(MOST_PATIENCE_MS, Math.max(LEAST_PATIENCE_MS, waitedMs)));
