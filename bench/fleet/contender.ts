import type { Work } from "../sessions/contender.ts";

/** Something that has items taken through durable steps by other processes. */
export interface Contender {
  /** The process that has the items; resolves when it is done with the last one. */
  readonly own: (place: Place, work: Work) => Promise<void>;
  /** A process that does steps; resolves when it is ready for the first one. */
  readonly help: (place: Place, options: HelpOptions) => Promise<void>;
}

export interface Place {
  /** Of the queue's database. */
  readonly url: string;
  /** An empty folder on a real disk, for this run only. */
  readonly folder: string;
}

export interface HelpOptions {
  /** Steps in each item. */
  readonly steps: number;
}

/** Items in flight at once, in the whole fleet, and at each worker: the same for every contender. */
export const IN_FLIGHT = 200;
export const AT_EACH_WORKER = 64;
