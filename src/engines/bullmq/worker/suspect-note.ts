import { StepError, messageOf } from "../../../core/failure/index.ts";
import type { CallNote, ItemPlace } from "../../../core/storage/index.ts";
import type { JobData, Trial } from "../queue/job.ts";

/** Keeps in a job on trial whether its work is under way: when its worker dies then, that counts against it. */
export interface SuspectNote {
  /** Writes that its work is under way, if the job does not say so. Rejects when that cannot be written. */
  begins(): Promise<void>;
  /** For the runner of the step, which lets no call begin before it is noted. */
  readonly calls: CallNote;
  /** Why a call could not begin: its note was not written. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Nothing is written from then on. */
  close(): Promise<void>;
}

export interface SuspectNoteOptions {
  /** How many workers have died of it so far. */
  readonly deaths: Trial["deaths"];
  /** How often workers have lost the job. */
  readonly lost: number;
  readonly checkpoint: (data: JobData) => Promise<void>;
}

export function suspectNote(data: JobData, { deaths, lost, checkpoint }: SuspectNoteOptions): SuspectNote {
  let isWanted = false;
  let isNoted = false;
  let isClosed = false;
  let failure: SuspectNote["failure"];
  let last: Promise<void> = Promise.resolve();
  async function write(isUnderWay: boolean): Promise<void> {
    if (isClosed || isNoted === isUnderWay) return;
    await checkpoint({ ...data, trial: isUnderWay ? { deaths, underWayAt: lost } : { deaths } });
    isNoted = isUnderWay;
  }
  /** Calls that a step makes at once are noted one after the other. */
  function inTurn(isUnderWay: boolean): Promise<void> {
    const written = last.then(() => write(isUnderWay));
    last = written.catch(() => {});
    return written;
  }
  function begins(): Promise<void> {
    isWanted = true;
    return inTurn(true);
  }
  return {
    begins,
    get failure() {
      return failure;
    },
    calls: {
      begins: () =>
        begins().catch((error: unknown) => {
          failure ??= { error };
          // It is no failure of the step's, nor of its API's.
          throw new StepError("cancelled", messageOf(error), { cause: error });
        }),
      async ends() {
        isWanted = false;
        // Only a wait is worth a note: between two pieces of a step's code nothing else happens. What the first of them
        // brought is not lost for a note that was not written.
        setImmediate(() => {
          if (!isWanted) void inTurn(false).catch(() => {});
        });
      },
    },
    close() {
      isClosed = true;
      return last;
    },
  };
}

/** The notes of the suspects that a worker has, where the runner of their steps finds them. */
export class CallNotes {
  readonly #notes = new Map<string, CallNote>();

  of(phase: string, itemId: string): CallNote | undefined {
    return this.#notes.size === 0 ? undefined : this.#notes.get(keyOf({ phase, itemId }));
  }

  async during<T>(place: ItemPlace, note: CallNote, work: () => Promise<T>): Promise<T> {
    const key = keyOf(place);
    this.#notes.set(key, note);
    try {
      return await work();
    } finally {
      if (this.#notes.get(key) === note) this.#notes.delete(key);
    }
  }
}

const keyOf = ({ phase, itemId }: ItemPlace): string => `${phase}\n${itemId}`;
