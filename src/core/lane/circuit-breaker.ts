import { ConnectionError, TimeoutError, type ErrorClass } from "../../retry/index.ts";
import type { Clock } from "../base/index.ts";
import { messageOf, StepError, classifyFailure, type FailureKind } from "../failure/index.ts";
import type { LaneChange } from "./lane-event.ts";
import type { LaneLimits } from "./lane-limits.ts";

export interface CircuitDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether a health request can be made; then an outage is never judged by a failing item alone. */
  readonly hasHealthRequest: boolean;
  readonly publish: (change: LaneChange, message: string) => void;
  /** Called when the API was down, or rate limited the lane, for longer than the limits allow. With `false` the lane waits on. */
  readonly giveUp: (message: string) => boolean;
}

const FIRST_WAIT_MS = 1_000;

/**
 * The two kinds of trouble that a lane waits out: the text, the longest wait between two tries, and the limit of the
 * whole.
 */
const TROUBLES = {
  rateLimit: { why: "asks us to slow down", longestWaitMs: 30_000, limit: "maxPauseMs" },
  // A probe of an unreachable server costs nothing.
  outage: { why: "cannot be reached", longestWaitMs: 5_000, limit: "maxOutageMs" },
} as const;
type Trouble = (typeof TROUBLES)[keyof typeof TROUBLES];

/** Up to a tenth is added to each wait, so that several clients do not retry together. */
const JITTER = 0.1;

/** Failures that prove the API works: it read the request and answered. */
const ANSWERS: ReadonlySet<FailureKind> = new Set(["answer", "input", "input_too_long"]);

/**
 * Who owns a failure: `ours` when the lane repeats the call without counting an attempt, `undecided` until the next
 * health request decides.
 */
export type FailureOwner = "lane" | "item" | "undecided";

/** What other processes know of an API. */
export interface KnownReach {
  /** Calls in a row, of all other processes, that did not reach it. */
  readonly unreached: number;
  /** How long it has counted as down. Milliseconds. */
  readonly downForMs?: number | undefined;
}

/**
 * The circuit breaker of a lane: from how calls end it learns whether the API is down, until when the lane pauses, and
 * when to give up. Two kinds of failure belong to the lane and are no attempt of an item: a rate limit, and a
 * connection failure while the API is down.
 */
export class CircuitBreaker {
  readonly #name: string;
  readonly #limits: LaneLimits;
  readonly #deps: CircuitDeps;
  /** Since when only probes go out; `undefined` while the API counts as reachable. */
  #downSinceMs: number | undefined;
  /** Whether an event reported that it is down. */
  #isPublished = false;
  #pausedUntilMs = 0;
  /** Waits in a row, each longer than the last. */
  #waits = 0;
  #connectionFailures = 0;
  /** How long others had found it down before this process did. */
  #awayForMs = 0;
  /** Items that met a connection failure since the API last answered anybody. */
  readonly #unanswered = new Set<string>();
  /** Since when it rate limits the lane without a call that succeeded in between. */
  #limitedSinceMs: number | undefined;

  constructor(name: string, limits: LaneLimits, deps: CircuitDeps) {
    this.#name = name;
    this.#limits = limits;
    this.#deps = deps;
  }

  /** Whether only probes may go out. */
  get isDown(): boolean {
    return this.#downSinceMs !== undefined;
  }

  /** No call is made before that time of the run's clock. */
  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** A call got through. */
  succeeded(): void {
    this.#answered();
    this.#limitedSinceMs = undefined;
    this.#waits = 0;
  }

  /** A health request succeeded: items may call again, and their failures are their own. */
  responded(): void {
    this.#answered();
  }

  /** A health request failed. */
  unresponsive(error: unknown): void {
    // A call succeeded while the request was in flight: that proves more.
    if (this.#downSinceMs === undefined) return;
    if (!this.#isPublished) this.#publishDown();
    this.#wait(error, TROUBLES.outage, this.#downSinceMs);
  }

  /** How much longer an outage may last, which is as long as a probe where the lane did not give up. Milliseconds. */
  get timeLeftMs(): number {
    const nowMs = this.#deps.clock.now();
    const leftMs = (this.#downSinceMs ?? nowMs) + this.#limits.maxOutageMs - nowMs;
    return leftMs > 0 ? leftMs : TROUBLES.outage.longestWaitMs;
  }

  /** Others met the API too: their failures count as if they had been met here. */
  learn({ unreached, downForMs = 0 }: KnownReach): void {
    this.#connectionFailures = Math.max(this.#connectionFailures, unreached);
    this.#awayForMs = downForMs;
  }

  /** Judges the failure of an item's call. */
  failed(error: unknown, item: string): FailureOwner {
    const kind = classifyFailure(error);
    if (kind === "rate_limit") {
      this.#limitedSinceMs ??= this.#deps.clock.now();
      this.#wait(error, TROUBLES.rateLimit, this.#limitedSinceMs);
      return "lane";
    }
    // A timeout counts only where a health request can tell an unreachable server from a slow call.
    const isSilence = isCausedBy(error, TimeoutError);
    if (isConnectionFailure(error) || (isSilence && this.#deps.hasHealthRequest)) return this.#notReached(error, item);
    if (!isSilence) this.#answered();
    if (ANSWERS.has(kind)) this.#limitedSinceMs = undefined;
    return "item";
  }

  #notReached(error: unknown, item: string): FailureOwner {
    const { hasHealthRequest } = this.#deps;
    const wasDown = this.isDown;
    this.#connectionFailures += 1;
    // The last items of a run cannot fail often enough in a row. When one fails twice with no answer to anybody in
    // between, the health request says whose fault it is.
    const isSuspicious = hasHealthRequest && this.#unanswered.has(item);
    this.#unanswered.add(item);
    if (!wasDown && this.#connectionFailures < this.#limits.outageAfter && !isSuspicious) return "item";
    this.#downSinceMs ??= this.#deps.clock.now() - this.#awayForMs;
    if (hasHealthRequest) return wasDown ? "lane" : "undecided";
    if (!wasDown) this.#publishDown();
    this.#wait(error, TROUBLES.outage, this.#downSinceMs);
    return "lane";
  }

  #publishDown(): void {
    this.#isPublished = true;
    this.#deps.publish({ change: "opened" }, `${this.#name} cannot be reached; items wait and none of them fails`);
  }

  /** Any answer, even a bad one, shows that the API is there. */
  #answered(): void {
    this.#connectionFailures = 0;
    this.#awayForMs = 0;
    this.#unanswered.clear();
    const sinceMs = this.#downSinceMs;
    this.#downSinceMs = undefined;
    // A suspicion that the first health request cleared is not reported.
    if (sinceMs === undefined || !this.#isPublished) return;
    this.#isPublished = false;
    const afterMs = this.#deps.clock.now() - sinceMs;
    this.#deps.publish({ change: "closed", afterMs }, `${this.#name} answers again, after ${inSeconds(afterMs)}`);
  }

  #wait(error: unknown, trouble: Trouble, sinceMs: number): void {
    const lastedMs = this.#deps.clock.now() - sinceMs;
    const leftMs = this.#limits[trouble.limit] - lastedMs;
    const askedMs = error instanceof StepError ? error.retryAfterMs : undefined;
    if (leftMs <= 0 || (askedMs ?? 0) > leftMs) {
      const asked = askedMs === undefined ? "" : ` and to wait ${inSeconds(askedMs)} more`;
      const lasted = `for ${inSeconds(lastedMs)} now${asked}`;
      if (this.#deps.giveUp(`${this.#name} ${trouble.why}, ${lasted}. Its last answer: ${messageOf(error)}`)) return;
    }
    this.#pause(askedMs, leftMs <= 0 ? trouble.longestWaitMs : leftMs, trouble);
  }

  #pause(askedMs: number | undefined, leftMs: number, { why, longestWaitMs }: Trouble): void {
    const now = this.#deps.clock.now();
    const isNewWait = now >= this.#pausedUntilMs;
    // Calls that were in flight together fail together: that is one wait, not many.
    if (!isNewWait && askedMs === undefined) return;
    const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** this.#waits, longestWaitMs, leftMs);
    const forMs = (askedMs || backoffMs) * (1 + JITTER * this.#deps.random());
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + forMs);
    if (!isNewWait) return;
    this.#waits += 1;
    this.#deps.publish({ change: "paused", forMs }, `${this.#name} ${why}; waiting ${inSeconds(forMs)}`);
  }
}

const inSeconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

/** Whether the API was not reached at all. */
export const isConnectionFailure = (error: unknown): boolean => isCausedBy(error, ConnectionError);

/** Whether no answer came: the API was not reached or took too long. */
export const isUnanswered = (error: unknown): boolean => isConnectionFailure(error) || isCausedBy(error, TimeoutError);

/** Whether an error is of that class, or an adapter's word for one that is. */
const isCausedBy = (error: unknown, type: ErrorClass): boolean =>
  error instanceof type || (error instanceof StepError && error.kind === "transient" && error.cause instanceof type);
