/**
 * What came of asking for the lease on a key: it is `held` now; a call of this process has it already (`here`); another
 * process has it, or the answer is in the cache by now (`elsewhere`); or leases cannot be had (`none`).
 */
export type LeaseTaken = "held" | "here" | "elsewhere" | "none";

/** What somebody finds who waits for a call of another process. */
export interface LeaseSeen {
  /** The cached answer. */
  readonly answer: string | undefined;
  /** Whether the call may still be under way. */
  readonly isHeld: boolean;
}

/**
 * Which process makes a call whose answer goes into the cache. A lease ends with its call, or by itself when its holder is
 * gone. Nothing throws or rejects: without a lease a call is made all the same, and perhaps twice.
 */
export interface AnswerLeases {
  /** Asks for the lease on a key. Nobody gets it while another one holds it, or when the answer is there. */
  take(key: string): Promise<LeaseTaken>;
  /**
   * Right before the call is sent: `undefined` while its lease has not run out. A process that stood still for longer than it
   * holds asks for it again; meanwhile another one may have made the call.
   */
  confirm(key: string): Promise<LeaseTaken> | undefined;
  /** Reads only, for those who wait. */
  look(key: string): LeaseSeen;
  /** The call has ended and its answer is cached. */
  answered(key: string): void;
  /** The call has ended without an answer that others may use: the next one may make it. */
  giveUp(key: string): void;
}

/** Leases where nobody shares the cache: each call is made. */
export const noLeases: AnswerLeases = {
  take: async () => "none",
  confirm: () => undefined,
  look: () => ({ answer: undefined, isHeld: false }),
  answered: () => {},
  giveUp: () => {},
};
