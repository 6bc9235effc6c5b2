/** Things that will happen at some time, handed out in the order of their times: a binary heap. */
export class TimeQueue<T> {
  readonly #heap: Timed<T>[] = [];

  /** Adds what happens at `atMs`. */
  push(atMs: number, value: T): void {
    let index = this.#heap.length;
    const added = { atMs, value };
    for (let above = parentOf(index); index > 0 && this.#timeAt(above) > atMs; above = parentOf(index)) {
      this.#move(above, index);
      index = above;
    }
    this.#heap[index] = added;
  }

  /** Takes out what happens next; undefined when there is nothing left. */
  pop(): Timed<T> | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return first;
  }

  /** Finds the place of `sinking`, from the top on down. */
  #sink(sinking: Timed<T>): void {
    let index = 0;
    for (let below = this.#earlierChildOf(0); this.#timeAt(below) < sinking.atMs; below = this.#earlierChildOf(index)) {
      this.#move(below, index);
      index = below;
    }
    this.#heap[index] = sinking;
  }

  #earlierChildOf(index: number): number {
    const left = 2 * index + 1;
    return this.#timeAt(left + 1) < this.#timeAt(left) ? left + 1 : left;
  }

  /** Infinity where there is nothing. */
  #timeAt(index: number): number {
    return this.#heap[index]?.atMs ?? Infinity;
  }

  #move(from: number, to: number): void {
    const moved = this.#heap[from];
    if (moved !== undefined) this.#heap[to] = moved;
  }
}

/** A thing and when it happens. */
export interface Timed<T> {
  readonly atMs: number;
  readonly value: T;
}

const parentOf = (index: number): number => (index - 1) >> 1;
