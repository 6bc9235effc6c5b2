import { parseDuration, sleep, type Duration } from "../../../retry/index.ts";
import type { AnswerLeases, ItemPlace, LeaseTaken } from "../../storage/index.ts";
import type { Clock } from "../../base/index.ts";
import type { InFlight, Seat } from "../in-flight.ts";
import { NotSent } from "../../failure/index.ts";
import { AskedLeases } from "./asked-leases.ts";
import type { ConfirmCall } from "./call-guard.ts";
import type { RunControl } from "../run-control.ts";

/** A call that others may ask for too. */
export interface AskedCall {
  /** What it asks: see `answerKeys`. */
  readonly key: string;
  readonly step: string;
  readonly item: ItemPlace;
  /** By the run's clock. */
  readonly startedAtMs: number;
}

/** What an item got: what its own call returned, the answer to an equal call, or the reason why it waits no longer. */
export type CallResult<T> =
  | { readonly kind: "called"; readonly value: T }
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "ended"; readonly reason: unknown };

/** What a call is given that others wait for. */
export interface CallTurn {
  /** Gets the answer as soon as that is cached; `stored` when other processes do not see it yet: the lease lasts until then. */
  readonly share: (answer: string, stored?: Promise<void>) => void;
  /**
   * Right before the call is sent, which may be long after it was asked for: rejects with `NotSent` when an equal one was
   * answered by now, or another process makes it. The call then has to end so too; it is made again when it turns out to be needed.
   */
  readonly confirm: ConfirmCall;
}

export interface EqualCallsDeps {
  /** Who makes a call, among the processes that have the same cache. */
  readonly leases: AnswerLeases;
  readonly control: RunControl;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  /** For how long an item waits for another process before it makes the call itself. @default no limit */
  readonly timeout?: Duration | undefined;
}

/**
 * What a round is at. `unled`: nobody has asked for its lease, or another process has that by now; its next item does so.
 * `leading`: that item asks for it. `open`: more items may call. `answered`: nothing more is sent. `failed`: all calls have ended.
 */
type RoundState = "unled" | "leading" | "open" | "answered" | "failed";

/** Equal calls that a process makes at once, under one lease. */
interface Round {
  state: RoundState;
  answer: string | undefined;
  /** How many items may call in it. */
  allowed: number;
  /** How many of those have begun. */
  begun: number;
  /** How many of those have not ended. */
  calling: number;
  isHeld: boolean;
  /** While a lease that ran out is asked for again. */
  confirming: Promise<void> | undefined;
  /** Resolves when those who wait should look again. */
  news: PromiseWithResolvers<void>;
}

/** An answer that others may use. */
interface SharedAnswer {
  readonly answer: string;
  readonly stored: Promise<void> | undefined;
}

const LOCKED = "the workspace, which another process has locked";

/** The waits between two looks for the answer to a call of another process. */
const FIRST_WAIT_MS = 25;
const WAIT_GROWTH = 1.5;
const LONGEST_WAIT_MS = 500;

/**
 * The calls of one step, each made once while it is under way: whoever asks the same meanwhile waits for that answer, in
 * this process or another one of the workspace, so that it is paid for once. Those who wait hold no slot of a lane and
 * make no attempt.
 */
export class EqualCalls {
  readonly #deps: EqualCallsDeps;
  readonly #timeoutMs: number;
  readonly #rounds = new Map<string, Round>();
  readonly #asked: AskedLeases;

  constructor(deps: EqualCallsDeps) {
    this.#deps = deps;
    this.#timeoutMs = parseDuration(deps.timeout ?? Infinity);
    this.#asked = new AskedLeases(deps.leases, deps.control.drain);
  }

  /**
   * Makes the call, or waits for equal ones. After a round of calls that ended without an answer for others, twice as many of
   * those who waited make theirs: when all fail, the last one waits for a few rounds and not for all others.
   */
  async once<T>(asked: AskedCall, call: (turn: CallTurn) => Promise<T>): Promise<CallResult<T>> {
    let allowed = 1;
    for (;;) {
      const round = this.#roundOf(asked.key, allowed);
      const got = mayBegin(round) ? await this.#make(round, asked, call) : await this.#join(round, asked);
      if (got) return got;
      allowed = round.state === "failed" ? round.allowed * 2 : round.allowed;
    }
  }

  #roundOf(key: string, allowed: number): Round {
    const round = this.#rounds.get(key) ?? newRound();
    this.#rounds.set(key, round);
    // Who comes right after a round may be faster than those who waited for it, and does not know how many may call now.
    round.allowed = Math.max(round.allowed, allowed);
    return round;
  }

  /** Waits for what comes of a round. `undefined` when that is no answer. */
  async #join(round: Round, asked: AskedCall): Promise<CallResult<never> | undefined> {
    const { control } = this.#deps;
    const got = await this.#waiting<undefined>(asked, "the answer to an equal call", async (_, signal) => {
      await unlessAborted(signal, round.news.promise);
      return answerOf(round) ?? { kind: "called", value: undefined };
    });
    if (got.kind !== "called") return got;
    return control.stopping ? { kind: "ended", reason: control.drain.reason } : undefined;
  }

  /** Makes the call as one of a round. `undefined` when it was not sent, since another process has the lease by now. */
  async #make<T>(
    round: Round,
    asked: AskedCall,
    call: (turn: CallTurn) => Promise<T>,
  ): Promise<CallResult<T> | undefined> {
    const { key } = asked;
    round.begun += 1;
    round.calling += 1;
    try {
      const got = round.state === "unled" ? await this.#lead(round, asked) : undefined;
      if (got) return got;
      const value = await call({
        share: (answer, stored) => this.#share(key, round, { answer, stored }),
        confirm: () => this.#confirm(key, round),
      });
      return { kind: "called", value };
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      round.begun -= 1;
      return answerOf(round);
    } finally {
      round.calling -= 1;
      if (round.calling === 0) this.#end(key, round);
    }
  }

  /** Gets the lease, which the others of the round wait for. Returns what the item got when it makes no call. */
  async #lead(round: Round, asked: AskedCall): Promise<CallResult<never> | undefined> {
    round.state = "leading";
    const leased = await this.#lease(asked);
    if (leased.kind !== "called") {
      release(round);
      return leased;
    }
    let taken = leased.value;
    if (taken === "elsewhere") {
      const got = await this.#waitElsewhere(asked);
      if (got.kind === "answered") settle(round, got.text);
      if (got.kind === "ended") release(round);
      if (got.kind !== "called") return got;
      taken = got.value;
    }
    round.isHeld = taken === "held";
    open(round);
    return undefined;
  }

  #share(key: string, round: Round, { answer, stored }: SharedAnswer): void {
    settle(round, answer);
    if (!round.isHeld) return;
    round.isHeld = false;
    const { leases } = this.#deps;
    if (stored) void stored.then(() => leases.answered(key));
    else leases.answered(key);
  }

  #confirm(key: string, round: Round): Promise<void> | undefined {
    const { leases } = this.#deps;
    // A lease that ran out is asked for once, and all calls of the round wait for that.
    const asking = round.isHeld && !round.confirming ? leases.confirm(key) : undefined;
    if (asking) {
      round.confirming = this.#asked
        .waitFor(key, asking)
        .taken.catch(() => "elsewhere" as const)
        .then((taken) => this.#confirmed(key, round, taken));
    }
    return round.confirming || round.state !== "open" ? confirmOpen(round) : undefined;
  }

  #confirmed(key: string, round: Round, taken: LeaseTaken): void {
    round.confirming = undefined;
    if (round.state === "open") {
      round.isHeld = taken === "held";
      // Who is not sent for this reason leads next. Calls that were sent before may still be answered.
      if (taken === "elsewhere") round.state = "unled";
    } else if (taken === "held") this.#deps.leases.giveUp(key);
  }

  #end(key: string, round: Round): void {
    if (round.isHeld) this.#deps.leases.giveUp(key);
    round.isHeld = false;
    if (round.state === "open") round.state = "failed";
    this.#rounds.delete(key);
    round.news.resolve();
  }

  /** Asks for the lease. It is there at once, unless another process has the workspace locked: that may last for long. */
  async #lease({ key, step, item, startedAtMs }: AskedCall): Promise<CallResult<LeaseTaken>> {
    const { control, inFlight } = this.#deps;
    if (control.stopping) return { kind: "ended", reason: control.drain.reason };
    const { taken, cut } = this.#asked.take(key);
    const seat: Seat = { slot: -1, item, step, startedAtMs, attempt: 0, waitsFor: LOCKED, abort: cut };
    // An item that was cancelled before ends here at once.
    inFlight.enter(seat);
    try {
      return { kind: "called", value: await taken };
    } catch (reason) {
      return { kind: "ended", reason };
    } finally {
      inFlight.leave(seat);
    }
  }

  async #leaseUnlessAborted(key: string, signal: AbortSignal): Promise<LeaseTaken> {
    const { taken, leave } = this.#asked.take(key);
    try {
      return await unlessAborted(signal, taken);
    } finally {
      leave();
    }
  }

  /** Waits for a call of another process: for its answer, or for the turn to make it. */
  #waitElsewhere(asked: AskedCall): Promise<CallResult<LeaseTaken>> {
    const { leases, control, clock } = this.#deps;
    const until = clock.now() + this.#timeoutMs;
    return this.#waiting<LeaseTaken>(asked, "an equal call of another session", async (key, signal) => {
      // The other session may take as long as it likes: a run that drains waits no longer.
      const enough = AbortSignal.any([control.drain, signal]);
      for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * WAIT_GROWTH, LONGEST_WAIT_MS)) {
        const { answer, isHeld } = leases.look(key);
        if (answer !== undefined) return { kind: "answered", text: answer };
        const taken = isHeld ? "elsewhere" : await this.#leaseUnlessAborted(key, enough);
        if (taken !== "elsewhere") return { kind: "called", value: taken };
        if (clock.now() >= until) return { kind: "called", value: "none" };
        await sleep(waitMs, enough, { startTimer: clock.startTimer });
      }
    });
  }

  /** Waits as a step in flight that can be seen and cancelled. */
  async #waiting<T>(
    { key, step, item, startedAtMs }: AskedCall,
    waitsFor: string,
    wait: (key: string, signal: AbortSignal) => Promise<CallResult<T>>,
  ): Promise<CallResult<T>> {
    const { inFlight } = this.#deps;
    const controller = new AbortController();
    const { signal } = controller;
    const abort = (reason: unknown): void => controller.abort(reason);
    const seat: Seat = { slot: -1, item, step, startedAtMs, attempt: 0, waitsFor, abort };
    inFlight.enter(seat);
    try {
      return await wait(key, signal);
    } catch (reason) {
      return { kind: "ended", reason };
    } finally {
      inFlight.leave(seat);
    }
  }
}

const newRound = (): Round => ({
  state: "unled",
  answer: undefined,
  allowed: 1,
  begun: 0,
  calling: 0,
  isHeld: false,
  confirming: undefined,
  news: Promise.withResolvers(),
});

const mayBegin = ({ state, begun, allowed }: Round): boolean =>
  state === "unled" || (state === "open" && begun < allowed);

const answerOf = ({ answer }: Round): CallResult<never> | undefined =>
  answer === undefined ? undefined : { kind: "answered", text: answer };

/** Its leader has the lease, or does without. */
function open(round: Round): void {
  // A call that was sent under an earlier lease was answered meanwhile.
  if (round.state === "answered") return;
  round.state = "open";
  if (round.allowed > 1) wakeAll(round);
}

/** Its leader has gone. */
function release(round: Round): void {
  round.begun -= 1;
  if (round.state === "answered") return;
  round.state = "unled";
  wakeAll(round);
}

function settle(round: Round, answer: string): void {
  round.state = "answered";
  round.answer ??= answer;
  round.news.resolve();
}

function wakeAll(round: Round): void {
  round.news.resolve();
  round.news = Promise.withResolvers();
}

async function confirmOpen(round: Round): Promise<void> {
  await round.confirming;
  if (round.state !== "open") throw new NotSent("An equal call was answered, or another session makes it now.");
}

/** Waits for news, or a lease. Rejects with the signal's reason when that aborts first. */
async function unlessAborted<T>(signal: AbortSignal, news: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([news, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
