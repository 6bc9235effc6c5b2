import { LaneClosed } from "../../../core/failure/index.ts";
import { sleep } from "../../../retry/index.ts";
import { ARRIVES_WITHIN_MS } from "./permit-windows.ts";
import type { Permit, SharedState } from "../queue/shared-state.ts";

export interface PermitLineOptions {
  readonly state: SharedState;
  /** Ends every wait. */
  readonly drain: AbortSignal;
  readonly random: () => number;
}

/** How long to wait where the time of the next try is unknown. Milliseconds. */
const ASK_AGAIN_MS = { full: 40, soon: 40, down: 400, unreachable: 500 } as const;
/** The waits of several processes differ by up to so much, that they do not ask all at once. */
const JITTER_MS = 20;

/**
 * The calls of one process that wait for a permit of a lane. When one was refused the others line up behind it, so that
 * a process asks for one permit at a time, and no call overtakes one that needs more room.
 */
export class PermitLine {
  readonly #lane: string;
  readonly #options: PermitLineOptions;
  #last: Promise<void> = Promise.resolve();
  #length = 0;
  #downSinceMs: number | undefined;
  /** By the last answer. */
  #isDown = false;

  constructor(lane: string, options: PermitLineOptions) {
    this.#lane = lane;
    this.#options = options;
  }

  /** How long other processes have found the API down, without an answer to this process in between. */
  get downForMs(): number | undefined {
    return this.#downSinceMs === undefined ? undefined : performance.now() - this.#downSinceMs;
  }

  /** Records that a call of this process was answered. */
  answered(): void {
    this.#downSinceMs = undefined;
  }

  /**
   * Resolves when the permit is taken. Rejects at a drain; and with `LaneClosed` when the call `isPassedOn` and another process
   * has found the API down.
   */
  async enter(permit: Permit, isPassedOn = false): Promise<void> {
    this.#options.drain.throwIfAborted();
    if (this.#length === 0 && (await this.#ask(permit)) === 0) return;
    if (isPassedOn) this.#passOn();
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = promise;
    this.#length += 1;
    try {
      await before;
      await this.#insist(permit, isPassedOn);
    } finally {
      this.#length -= 1;
      resolve();
    }
  }

  #passOn(): void {
    if (this.#isDown) throw new LaneClosed(`${this.#lane} takes no calls now: another process cannot reach it`);
  }

  async #insist(permit: Permit, isPassedOn: boolean): Promise<void> {
    const { drain, random } = this.#options;
    for (;;) {
      drain.throwIfAborted();
      const waitMs = await this.#ask(permit);
      if (waitMs === 0) return;
      if (isPassedOn) this.#passOn();
      await sleep(waitMs + JITTER_MS * random(), drain);
    }
  }

  /** Asks once: 0 when the permit is taken, else when to ask again. */
  async #ask(permit: Permit): Promise<number> {
    // While the database is unreachable no calls are made: that is no failure of the item.
    const answer = await this.#options.state.take(this.#lane, permit).catch(() => undefined);
    this.#isDown = answer?.kind === "down";
    if (this.#isDown) this.#downSinceMs ??= performance.now();
    switch (answer?.kind) {
      case "taken":
        return 0;
      case "later":
        // Calls that end may make room earlier.
        return answer.waitMs > ARRIVES_WITHIN_MS + ASK_AGAIN_MS.soon
          ? answer.waitMs - ARRIVES_WITHIN_MS
          : Math.min(answer.waitMs, ASK_AGAIN_MS.soon);
      case "full":
      case "down":
        return ASK_AGAIN_MS[answer.kind];
      case undefined:
        return ASK_AGAIN_MS.unreachable;
    }
  }
}
