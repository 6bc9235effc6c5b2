import { ConnectionError, sleep } from "../retry/index.ts";
import { StepError, classifyFailure } from "./failure.ts";
import type { Clock } from "./clock.ts";

/** The limits of one API, shared by every step that calls it. */
export interface LaneLimits {
  /** Calls at once. @default 4 */
  readonly concurrency: number;
  /** Connection failures in a row, from any items, after which the API counts as down. @default 5 */
  readonly outageAfter: number;
  /** How long an API may stay down before the run ends. Milliseconds. @default 300_000 */
  readonly maxOutageMs: number;
  /** How long rate limits may hold up the lane without one success before the run ends. Milliseconds. @default 900_000 */
  readonly maxPauseMs: number;
}

export const DEFAULT_LANE_LIMITS: LaneLimits = Object.freeze({
  concurrency: 4,
  outageAfter: 5,
  maxOutageMs: 300_000,
  maxPauseMs: 900_000,
});

export interface LaneWorld {
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends every wait of the lane. */
  readonly drain: AbortSignal;
  /** Told once when the lane gives up on its API. */
  readonly onDown: (message: string) => void;
  /** Told when the lane starts to wait; for people. */
  readonly onWait: (message: string) => void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * One API with its limits. A rate-limit answer makes the whole lane wait and is no attempt of the item that got it.
 * After several connection failures in a row the API counts as down: calls go out one at a time, further and further
 * apart, and no failure counts against an item until one call has got through.
 */
export class Lane {
  readonly name: string;
  readonly #limits: LaneLimits;
  readonly #world: LaneWorld;
  readonly #waiting: { readonly enter: () => void; readonly leave: (reason: unknown) => void }[] = [];
  #inUse = 0;
  #quietUntil = 0;
  #wakeAt = Infinity;
  /** Waits in a row, each longer than the last. */
  #waits = 0;
  #connectionFailures = 0;
  /** When the API stopped working as it should; `undefined` while it does. */
  #troubleSince: number | undefined;

  constructor(name: string, limits: LaneLimits, world: LaneWorld) {
    this.name = name;
    this.#limits = limits;
    this.#world = world;
    world.drain.addEventListener("abort", () => this.#dismiss(world.drain.reason), { once: true });
  }

  /** Does `work` when the lane has room, and again after waits that are not the item's fault. */
  async call<T>(work: () => Promise<T> | T): Promise<T> {
    for (;;) {
      await this.#enter();
      try {
        const value = await work();
        this.#gotThrough();
        return value;
      } catch (error) {
        if (!this.#waitsOut(error)) throw error;
      } finally {
        this.#inUse -= 1;
        this.#admit();
      }
    }
  }

  get #isDown(): boolean {
    return this.#connectionFailures >= this.#limits.outageAfter;
  }

  #enter(): Promise<void> {
    if (this.#world.drain.aborted) return Promise.reject(this.#world.drain.reason);
    return new Promise<void>((enter, leave) => {
      this.#waiting.push({ enter, leave });
      this.#admit();
    });
  }

  /** Lets in as many as there is room for, or sets the clock for when there will be. */
  #admit(): void {
    const room = this.#isDown ? 1 : this.#limits.concurrency;
    while (this.#waiting.length > 0 && this.#inUse < room) {
      if (this.#world.clock.now() < this.#quietUntil) return this.#wakeLater();
      this.#inUse += 1;
      this.#waiting.shift()?.enter();
    }
  }

  #wakeLater(): void {
    if (this.#wakeAt === this.#quietUntil) return;
    const wakeAt = (this.#wakeAt = this.#quietUntil);
    const wake = (): void => {
      if (this.#wakeAt === wakeAt) this.#wakeAt = Infinity;
      this.#admit();
    };
    // A drain dismisses whoever waits, so an interrupted sleep has nobody left to wake.
    sleep(wakeAt - this.#world.clock.now(), this.#world.drain).then(wake, () => {});
  }

  #dismiss(reason: unknown): void {
    for (const { leave } of this.#waiting.splice(0)) leave(reason);
  }

  #gotThrough(): void {
    this.#troubleSince = undefined;
    this.#connectionFailures = 0;
    this.#waits = 0;
  }

  /** Whether the lane takes an error on itself: then the call is made again, and no attempt is counted. */
  #waitsOut(error: unknown): boolean {
    if (classifyFailure(error) === "rate_limit") {
      this.#wait(error, "asks us to slow down", this.#limits.maxPauseMs);
      return true;
    }
    if (!isConnectionFailure(error)) {
      // An answer, even a bad one, shows that the API is there.
      this.#connectionFailures = 0;
      return false;
    }
    this.#connectionFailures += 1;
    if (this.#isDown) this.#wait(error, "cannot be reached", this.#limits.maxOutageMs);
    return this.#isDown;
  }

  #wait(error: unknown, why: string, longestMs: number): void {
    const now = this.#world.clock.now();
    this.#troubleSince ??= now;
    if (now - this.#troubleSince >= longestMs) {
      const last = error instanceof Error ? error.message : String(error);
      const seconds = Math.round((now - this.#troubleSince) / 1000);
      this.#world.onDown(`${this.name} ${why}, for ${seconds} s now. Its last answer: ${last}`);
    }
    this.#quietFor(error instanceof StepError ? error.retryAfterMs : undefined, why);
  }

  #quietFor(askedMs: number | undefined, why: string): void {
    const now = this.#world.clock.now();
    const isNewWait = now >= this.#quietUntil;
    const backoff = Math.min(FIRST_WAIT_MS * 2 ** this.#waits, LONGEST_WAIT_MS);
    const ms = (askedMs ?? backoff) * (1 + 0.1 * this.#world.random());
    // Calls that were under way together fail together: that is one wait, not many.
    if (isNewWait) this.#waits += 1;
    else if (askedMs === undefined) return;
    this.#quietUntil = Math.max(this.#quietUntil, now + ms);
    if (isNewWait) this.#world.onWait(`${this.name} ${why}; waiting ${(ms / 1000).toFixed(1)} s`);
  }
}

/** Whether the API was not reached at all. */
function isConnectionFailure(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    (error instanceof StepError && error.kind === "transient" && error.cause instanceof ConnectionError)
  );
}
