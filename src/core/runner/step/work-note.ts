import type { CallNote } from "../../storage/index.ts";

/**
 * Notes when a step of one item is at work. While it only waits for lanes it is not: what kills the process then is
 * something else.
 */
export class WorkNote {
  readonly #note: CallNote;
  /** Pieces of the step's own code that run now. */
  #running = 0;
  /** Its calls that wait for a lane, and those that a lane has let in. */
  #waiting = 0;
  #letIn = 0;
  #isNoted = false;

  constructor(note: CallNote) {
    this.#note = note;
  }

  /** Runs a piece of the step's code: it begins when the note is durable. */
  async run<T>(work: () => Promise<T> | T): Promise<T> {
    this.#running += 1;
    try {
      await this.#update();
      return await work();
    } finally {
      this.#running -= 1;
      await this.#update();
    }
  }

  /** A call of the step that goes through a lane: `call` gets what to wrap the lane's work with. */
  async call<T>(call: (letIn: <R>(work: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      await this.#update();
      return await call((work) => this.#admit(work));
    } finally {
      this.#waiting -= 1;
      await this.#update();
    }
  }

  async #admit<R>(work: () => Promise<R>): Promise<R> {
    this.#waiting -= 1;
    this.#letIn += 1;
    try {
      await this.#update();
      return await work();
    } finally {
      this.#letIn -= 1;
      this.#waiting += 1;
      await this.#update();
    }
  }

  #update(): Promise<void> | undefined {
    const isAtWork = this.#letIn > 0 || (this.#running > 0 && this.#waiting === 0);
    if (isAtWork === this.#isNoted) return undefined;
    this.#isNoted = isAtWork;
    return isAtWork ? this.#note.begins() : this.#note.ends();
  }
}
