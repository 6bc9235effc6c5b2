import { ConnectionError } from "../retry/index.ts";
import type { Clock } from "./clock.ts";
import { messageOf } from "./error-message.ts";
import { StepError, classifyFailure, type FailureKind } from "./failure.ts";
import type { LaneChange } from "./lane-event.ts";
import type { LaneLimits } from "./lane-limits.ts";

export interface ApiHealthWorld {
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether a health request can be made; then a failing item is never the only witness. */
  readonly hasHealthRequest: boolean;
  readonly tell: (change: LaneChange, message: string) => void;
  /** The API stayed away, or asked for quiet, for longer than the limits allow. */
  readonly giveUp: (message: string) => void;
}

const FIRST_WAIT_MS = 1_000;

/** The two troubles that a lane waits out, in words and with the longest wait between two tries. */
const TROUBLES = {
  rateLimit: { why: "asks us to slow down", longestWaitMs: 30_000 },
  // A probe of a server that is away costs nobody anything.
  outage: { why: "cannot be reached", longestWaitMs: 5_000 },
} as const;
type Trouble = (typeof TROUBLES)[keyof typeof TROUBLES];

/** A tenth at most is added to each wait, so that several clients do not come back together. */
const JITTER = 0.1;

/** Failures that show an API at work: it read the request and had something to say about it. */
const ANSWERS: ReadonlySet<FailureKind> = new Set(["answer", "input", "input_too_long"]);

/**
 * What a lane knows of its API, from how calls end: whether it is down, until when it wants quiet, and when to give up.
 * Two kinds of failure are the lane's own and no attempt of an item: a rate limit, and a connection failure while the
 * API is down.
 */
export class ApiHealth {
  readonly #name: string;
  readonly #limits: LaneLimits;
  readonly #world: ApiHealthWorld;
  #isDown = false;
  #quietUntilMs = 0;
  /** Waits in a row, each longer than the last. */
  #waits = 0;
  #connectionFailures = 0;
  /** Items that met a connection failure since the API last answered anybody. */
  readonly #unanswered = new Set<string>();
  /** When the API stopped working as it should; `undefined` while it does. */
  #troubleSinceMs: number | undefined;

  constructor(name: string, limits: LaneLimits, world: ApiHealthWorld) {
    this.#name = name;
    this.#limits = limits;
    this.#world = world;
  }

  /** Whether only probes may go out. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** Nobody calls before that time of the run's clock. */
  get quietUntilMs(): number {
    return this.#quietUntilMs;
  }

  /** A call got through. */
  succeeded(): void {
    this.#answered();
    this.#troubleSinceMs = undefined;
    this.#waits = 0;
  }

  /** A health request got through: items may call again, and what fails for them now is their own. */
  responded(): void {
    this.#answered();
  }

  /** A health request did not get through. */
  unresponsive(error: unknown): void {
    this.#wait(error, TROUBLES.outage, this.#limits.maxOutageMs);
  }

  /** Judges the failure of an item's call: `ours` when the call is to be made again without counting as an attempt. */
  failed(error: unknown, item: string): "ours" | "the item's" {
    const kind = classifyFailure(error);
    if (kind === "rate_limit") {
      this.#wait(error, TROUBLES.rateLimit, this.#limits.maxPauseMs);
      return "ours";
    }
    if (!isConnectionFailure(error)) {
      this.#answered();
      if (ANSWERS.has(kind)) this.#troubleSinceMs = undefined;
      return "the item's";
    }
    this.#notReached(item);
    if (!this.#isDown) return "the item's";
    if (!this.#world.hasHealthRequest) this.#wait(error, TROUBLES.outage, this.#limits.maxOutageMs);
    return "ours";
  }

  #notReached(item: string): void {
    this.#connectionFailures += 1;
    // The last items of a run cannot fail often enough in a row. When one fails twice with no answer to anybody in
    // between, the health request says whose fault it is.
    const isSuspicious = this.#world.hasHealthRequest && this.#unanswered.has(item);
    this.#unanswered.add(item);
    if (this.#isDown || (this.#connectionFailures < this.#limits.outageAfter && !isSuspicious)) return;
    this.#isDown = true;
    this.#troubleSinceMs ??= this.#world.clock.now();
    this.#world.tell({ change: "opened" }, `${this.#name} cannot be reached; nothing fails while it is away`);
  }

  /** Any answer, even a bad one, shows that the API is there. */
  #answered(): void {
    this.#connectionFailures = 0;
    this.#unanswered.clear();
    if (!this.#isDown) return;
    this.#isDown = false;
    const afterMs = this.#world.clock.now() - (this.#troubleSinceMs ?? this.#world.clock.now());
    this.#world.tell({ change: "closed", afterMs }, `${this.#name} answers again, after ${inSeconds(afterMs)}`);
  }

  #wait(error: unknown, trouble: Trouble, longestMs: number): void {
    const now = this.#world.clock.now();
    this.#troubleSinceMs ??= now;
    const leftMs = this.#troubleSinceMs + longestMs - now;
    const askedMs = error instanceof StepError ? error.retryAfterMs : undefined;
    if (leftMs <= 0 || (askedMs ?? 0) > leftMs) {
      const asked = askedMs === undefined ? "" : ` and to wait ${inSeconds(askedMs)} more`;
      const since = inSeconds(now - this.#troubleSinceMs);
      this.#world.giveUp(
        `${this.#name} ${trouble.why}, for ${since} now${asked}. Its last answer: ${messageOf(error)}`,
      );
      return;
    }
    this.#keepQuiet(askedMs, leftMs, trouble);
  }

  #keepQuiet(askedMs: number | undefined, leftMs: number, { why, longestWaitMs }: Trouble): void {
    const now = this.#world.clock.now();
    const isNewWait = now >= this.#quietUntilMs;
    // Calls that were under way together fail together: that is one wait, not many.
    if (!isNewWait && askedMs === undefined) return;
    const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** this.#waits, longestWaitMs, leftMs);
    const forMs = (askedMs ?? backoffMs) * (1 + JITTER * this.#world.random());
    this.#quietUntilMs = Math.max(this.#quietUntilMs, now + forMs);
    if (!isNewWait) return;
    this.#waits += 1;
    this.#world.tell({ change: "paused", forMs }, `${this.#name} ${why}; waiting ${inSeconds(forMs)}`);
  }
}

const inSeconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

/** Whether the API was not reached at all. */
export function isConnectionFailure(error: unknown): boolean {
  return (
    error instanceof ConnectionError ||
    (error instanceof StepError && error.kind === "transient" && error.cause instanceof ConnectionError)
  );
}
