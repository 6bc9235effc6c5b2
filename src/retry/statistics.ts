/** Statistics of the last call of a wrapped function, which may still be running. */
export interface RetryStatistics {
  /** How many attempts were started; 0 before the first call. */
  readonly attemptNumber: number;
  /** The monotonic clock when the call began, in milliseconds. */
  readonly startTime: number;
  /** The sum of the sleeps. */
  readonly idleForMs: number;
  /** From the start to the end of the last failed attempt; absent while none has failed. */
  readonly delaySinceFirstAttemptMs: number | undefined;
}

/** The same, as a call fills it in. It holds nothing of the call itself, whose arguments may be large. */
export class CallStatistics implements RetryStatistics {
  attemptNumber = 0;
  startTime = 0;
  idleForMs = 0;
  delaySinceFirstAttemptMs: number | undefined = undefined;

  update({ attemptNumber, startMs = 0, idleForMs }: CallProgress): void {
    this.attemptNumber = attemptNumber;
    this.startTime = startMs;
    this.idleForMs = idleForMs;
  }
}

/** What the numbers are taken from. */
interface CallProgress {
  readonly attemptNumber: number;
  readonly startMs: number | undefined;
  readonly idleForMs: number;
}
