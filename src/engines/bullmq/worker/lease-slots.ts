import type { HeldJob } from "../queue/backend.ts";

/** Room for the id and the token of a job of ours, which are some 110 characters. */
const SLOT_BYTES = 512;
/** Before them: how many bytes they are, and 0 while the slot is free or being written. */
const HEAD_BYTES = 4;
const MOST_SLOTS = 4_096;

/** Memory for the leases of so many jobs, which the threads of the process share. */
export const memoryForLeases = (jobs: number): SharedArrayBuffer =>
  new SharedArrayBuffer(Math.min(jobs, MOST_SLOTS) * SLOT_BYTES);

/**
 * The leases that a worker holds, where its lease thread reads them when nothing else runs. A message for each would wake
 * the thread twice for each job, at more than what a small step costs.
 */
export class LeaseSlots implements Iterable<HeldJob> {
  readonly #bytes: Buffer;
  readonly #heads: Int32Array;
  readonly #free: number[];
  readonly #slots = new Map<string, number>();

  constructor(memory: SharedArrayBuffer) {
    this.#bytes = Buffer.from(memory);
    this.#heads = new Int32Array(memory);
    this.#free = Array.from({ length: memory.byteLength / SLOT_BYTES }, (_, slot) => slot);
  }

  /** Returns whether there is room for it. */
  hold(job: HeldJob): boolean {
    const text = textOf(job);
    const slot = this.#slots.get(text) ?? this.#free.at(-1);
    // Each character takes three bytes at most.
    if (slot === undefined || text.length * 3 > SLOT_BYTES - HEAD_BYTES) return false;
    if (this.#slots.has(text)) return true;
    this.#free.pop();
    this.#slots.set(text, slot);
    const length = this.#bytes.write(text, slot * SLOT_BYTES + HEAD_BYTES);
    Atomics.store(this.#heads, headOf(slot), length);
    return true;
  }

  /** Returns whether it was here. */
  drop(job: HeldJob): boolean {
    const text = textOf(job);
    const slot = this.#slots.get(text);
    if (slot === undefined) return false;
    this.#slots.delete(text);
    Atomics.store(this.#heads, headOf(slot), 0);
    this.#free.push(slot);
    return true;
  }

  /** For any thread. One that is changed meanwhile may be read as something that nobody holds, and cannot be renewed. */
  *[Symbol.iterator](): Iterator<HeldJob> {
    for (let slot = 0; slot < this.#bytes.length / SLOT_BYTES; slot++) {
      const length = Atomics.load(this.#heads, headOf(slot));
      if (length === 0) continue;
      const from = slot * SLOT_BYTES + HEAD_BYTES;
      const [token = "", ...id] = this.#bytes.toString("utf8", from, from + length).split("\n");
      yield { id: id.join("\n"), token };
    }
  }
}

const headOf = (slot: number): number => (slot * SLOT_BYTES) / Int32Array.BYTES_PER_ELEMENT;

/** A token of BullMQ's has no line break. */
const textOf = ({ id, token }: HeldJob): string => `${token}\n${id}`;
