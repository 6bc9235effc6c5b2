import { TimeoutError, sleep } from "../../retry/index.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { waitingFor, type LaneCall, type LearningLane } from "./call-lane.ts";
import { CircuitBreaker, isConnectionFailure, type FailureOwner, type KnownReach } from "./circuit-breaker.ts";
import type { Clock, ToldLimits } from "../base/index.ts";
import { letGoOnAbort } from "./let-go.ts";
import { classifyFailure, LaneClosed, NotSent, StepError } from "../failure/index.ts";
import type { LaneChange, LaneEvent } from "./lane-event.ts";
import type { LaneLimits } from "./lane-limits.ts";
import { LaneQueue, type Waiting } from "./lane-queue.ts";
import { KnownLimits, type KnownOfLimits, limitsInWords } from "./known-limits.ts";
import { NO_TOKENS, RateBudget, type Reservation, type TokenEstimate } from "./rate-budget.ts";

export interface LaneDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends every wait of the lane. */
  readonly drain: AbortSignal;
  /** Called when the lane gives up on its API. With `false` it does not: others can be asked meanwhile. */
  readonly onDown: (message: string) => boolean | void;
  /** Called with each event of the lane; for people. */
  readonly onEvent?: ((event: LaneEvent) => void) | undefined;
  /** A health request to the API that belongs to no item; rejects when the API is not healthy. @default items probe */
  readonly checkHealth?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
}

interface Caller extends Waiting {
  probes: number;
  readonly isPassedOn: boolean;
  readonly tokens: TokenEstimate;
  readonly enter: (reservation: Reservation) => void;
  readonly leave: (reason: unknown) => void;
}

/**
 * One API with its limits and its circuit breaker. A rate-limit answer makes the whole lane wait and is no attempt of
 * the item that got it. While the API is down only probes go out, further and further apart, and no failure counts
 * against an item.
 */
export class Lane implements LearningLane {
  readonly name: string;
  readonly #deps: LaneDeps;
  readonly #limit: AdaptiveLimit;
  readonly #budget: RateBudget;
  readonly #circuit: CircuitBreaker;
  readonly #queue = new LaneQueue<Caller>();
  readonly #known = new KnownLimits();
  #inUse = 0;
  #probe: Promise<boolean> | undefined;
  #wakeAtMs = Infinity;

  constructor(name: string, limits: LaneLimits, deps: LaneDeps) {
    this.name = name;
    this.#deps = deps;
    this.#limit = new AdaptiveLimit({ most: limits.concurrency, successesToGrow: limits.successesToGrow });
    this.#budget = new RateBudget(name, limits);
    this.#circuit = new CircuitBreaker(name, limits, {
      clock: deps.clock,
      random: deps.random,
      hasHealthRequest: deps.checkHealth !== undefined,
      publish: (change, message) => this.#publish(change, message),
      giveUp: (message) => this.#giveUp(message),
    });
    deps.drain.addEventListener("abort", () => this.#dismiss(deps.drain.reason), { once: true });
  }

  /**
   * Runs `work` when the lane has room, and again after failures that are not the item's fault. `tokensOf` returns what
   * it really cost, `undefined` when that is unknown. Throws an `input` failure for a request that can never fit.
   */
  async call<T>(call: LaneCall, work: () => Promise<T> | T, tokensOf?: (value: T) => number | undefined): Promise<T> {
    const { itemId, priority = 0, sinceMs = this.#deps.clock.now(), tokens = NO_TOKENS, signal } = call;
    const { isPassedOn = false } = call;
    this.#budget.assertFits(tokens);
    const caller = { itemId, priority, sinceMs, tokens, probes: 0, isPassedOn };
    for (;;) {
      const reservation = await waitingFor(this.name, call, () => this.#enter(caller, signal));
      try {
        const value = await (signal ? letGoOnAbort(work, signal, this.#deps.clock) : work());
        const spent = tokensOf?.(value);
        if (spent !== undefined) reservation.settle(spent);
        this.#succeeded();
        return value;
      } catch (error) {
        if (error instanceof StepError && error.limits) this.told(error.limits);
        // A call that was ended from here says nothing of the API, unless it was for want of an answer.
        if (signal?.aborted && !(error instanceof TimeoutError)) throw error;
        if (error instanceof NotSent) {
          reservation.settle(0);
          throw error;
        }
        const blame = this.#failed(error, itemId, reservation);
        if (blame === "item" || isPassedOn || signal?.aborted) throw error;
        if (blame === "undecided" && (await waitingFor(this.name, call, () => this.#isHealthy()))) throw error;
      } finally {
        this.#inUse -= 1;
        this.#admit();
      }
    }
  }

  get isClosed(): boolean {
    return this.#circuit.isDown || this.#deps.clock.now() < this.#circuit.pausedUntilMs;
  }

  async opened(signal?: AbortSignal): Promise<void> {
    const { drain, clock, checkHealth } = this.#deps;
    const ended = signal ? AbortSignal.any([drain, signal]) : drain;
    for (;;) {
      ended.throwIfAborted();
      const waitMs = this.#circuit.pausedUntilMs - clock.now();
      if (waitMs > 0) await sleep(waitMs, ended);
      // Without a health request the next call finds out.
      else if (!this.#circuit.isDown || !checkHealth) return;
      else await this.#isHealthy();
    }
  }

  /** Applies what other processes know of the API, before a failure here is judged. */
  learn(known: KnownReach): void {
    this.#circuit.learn(known);
  }

  /** Keeps what the API told of its limits with an answer: the latest of each kind. Whoever wrote the adapter, it is sound. */
  told(limits: ToldLimits): void {
    const { clock } = this.#deps;
    const news = this.#known.add(limits, clock.now());
    if (news.length === 0) return;
    this.#publish({ change: "told", limits: news }, `${this.name} tells its limits: ${limitsInWords(news)}`);
  }

  /** What the API has told of its limits: the latest of each kind. */
  get knownLimits(): KnownOfLimits {
    return this.#known.latest;
  }

  #enter(caller: Omit<Caller, "enter" | "leave">, signal: AbortSignal | undefined): Promise<Reservation> {
    if (this.#deps.drain.aborted) return Promise.reject(this.#deps.drain.reason);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const entered = Promise.withResolvers<Reservation>();
    // The probes are counted on the caller itself, who comes again after each of them.
    const waiting = Object.assign(caller, { enter: entered.resolve, leave: entered.reject });
    this.#queue.add(waiting);
    this.#admit();
    if (!signal || !this.#queue.has(waiting)) return entered.promise;
    const onAbort = (): void => {
      this.#queue.remove(waiting);
      entered.reject(signal.reason);
      this.#admit();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return entered.promise.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** Admits as many callers as may go now, or sets a timer for the next one. */
  #admit(): void {
    for (;;) {
      const now = this.#deps.clock.now();
      const { isDown, pausedUntilMs } = this.#circuit;
      const isPaused = now < pausedUntilMs;
      const asksHealth = isDown && this.#deps.checkHealth !== undefined;
      const isProbed = isDown && this.#inUse >= 1;
      // Their call is the reason to look again, also where nobody waits for what is found.
      if (asksHealth && !isPaused && this.#queue.length > 0) void this.#isHealthy();
      if (isPaused || asksHealth || isProbed) this.#passOn();
      const next = isDown ? this.#queue.prober : this.#queue.first;
      if (!next) return;
      if (isPaused) return this.#wakeAt(pausedUntilMs);
      if (asksHealth || isProbed || this.#inUse >= this.#limit.current) return;
      // The first in line waits for the windows and nobody overtakes it: otherwise a large request would starve.
      const waitMs = this.#budget.waitMs(next.tokens, now);
      if (waitMs > 0) return this.#wakeAt(now + waitMs);
      this.#letIn(next, { isProbe: isDown, now });
    }
  }

  /** Sends away who asks elsewhere rather than wait for the API. */
  #passOn(): void {
    for (const { leave } of this.#queue.takeOut(({ isPassedOn }) => isPassedOn)) {
      leave(new LaneClosed(`${this.name} takes no calls now`));
    }
  }

  #letIn(caller: Caller, { isProbe, now }: { readonly isProbe: boolean; readonly now: number }): void {
    this.#queue.remove(caller);
    this.#inUse += 1;
    if (isProbe) caller.probes += 1;
    caller.enter(this.#budget.reserve(caller.tokens, now));
  }

  /** Makes one health request for all waiting callers. */
  #isHealthy(): Promise<boolean> {
    this.#probe ??= this.#checkHealth().finally(() => {
      this.#probe = undefined;
      this.#admit();
    });
    return this.#probe;
  }

  async #checkHealth(): Promise<boolean> {
    const { checkHealth, drain } = this.#deps;
    const enough = new AbortController();
    const until = AbortSignal.any([drain, enough.signal]);
    try {
      // A server that takes the request and never answers must not hold up the lane for longer than an outage may last.
      const { timeLeftMs } = this.#circuit;
      const timeout = sleep(timeLeftMs, until).then(() => {
        throw new TimeoutError(`No answer to a health request within ${timeLeftMs / 1000} s`);
      });
      await Promise.race([checkHealth?.(until), timeout]);
      this.#circuit.responded();
      return true;
    } catch (error) {
      if (!drain.aborted) this.#circuit.unresponsive(error);
      return false;
    } finally {
      enough.abort();
    }
  }

  #wakeAt(atMs: number): void {
    if (this.#wakeAtMs <= atMs) return;
    this.#wakeAtMs = atMs;
    const wake = (): void => {
      if (this.#wakeAtMs === atMs) this.#wakeAtMs = Infinity;
      this.#admit();
    };
    // A drain rejects all waiting callers, so an interrupted sleep has none left to wake.
    sleep(Math.max(0, atMs - this.#deps.clock.now()), this.#deps.drain).then(wake, () => {});
  }

  #dismiss(reason: unknown): void {
    for (const { leave } of this.#queue.clear()) leave(reason);
  }

  #succeeded(): void {
    this.#circuit.succeeded();
    if (this.#limit.succeed()) this.#publishLimit();
  }

  #failed(error: unknown, itemId: string, reservation: Reservation): FailureOwner {
    const isRateLimit = classifyFailure(error) === "rate_limit";
    if (isRateLimit || isConnectionFailure(error)) reservation.settle(0);
    // Calls that are refused together are one sign, not many: only the first of them finds the lane not yet paused.
    const isFirst = this.#deps.clock.now() >= this.#circuit.pausedUntilMs;
    if (isRateLimit && isFirst && this.#limit.halve()) this.#publishLimit();
    return this.#circuit.failed(error, itemId);
  }

  #giveUp(message: string): boolean {
    if (this.#deps.onDown(message) === false) return false;
    this.#publish({ change: "gave_up" }, message);
    return true;
  }

  #publishLimit(): void {
    const concurrency = this.#limit.current;
    const calls = concurrency === 1 ? "one call at a time" : `${concurrency} calls at once`;
    this.#publish({ change: "limit", concurrency }, `${this.name}: ${calls} from now on`);
  }

  #publish(change: LaneChange, message: string): void {
    this.#deps.onEvent?.({ ...change, lane: this.name, atMs: this.#deps.clock.wallNow(), message });
  }
}
