import { parseDuration, sleep, type Duration } from "../../../retry/index.ts";
import type { AnswerLeases, ItemPlace, LeaseTaken } from "../../storage/index.ts";
import { Bag, type Clock, type InBag } from "../../base/index.ts";
import type { InFlight, Seat } from "../in-flight.ts";
import { NotSent } from "../../lane/index.ts";
import type { ConfirmCall } from "./call-guard.ts";
import type { RunControl } from "../run-control.ts";

/** A call that others may ask for too. */
export interface AskedCall {
  /** What it asks: see `answerKey`. */
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
   * Right before the call is sent, which may be long after it was asked for: rejects with `NotSent` when another process has it
   * by now, or its answer. The call then has to end so too; it is made again when it turns out to be needed.
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

/** Someone who has asked for a lease. */
interface Asking extends InBag {
  reject: ((reason: unknown) => void) | undefined;
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
  readonly #inFlight = new Map<string, Promise<string | undefined>>();
  /** Those who asked for a lease. */
  readonly #asking = new Bag<Asking>();

  constructor(deps: EqualCallsDeps) {
    this.#deps = deps;
    this.#timeoutMs = parseDuration(deps.timeout ?? Infinity);
    const { drain } = deps.control;
    // One for all: most leases are there at once.
    drain.addEventListener("abort", () => this.#asking.list().forEach((one) => this.#end(one, drain.reason)), {
      once: true,
    });
  }

  /**
   * Makes the call, or waits for an equal one. When that ends without an answer for others, one of those who waited for it
   * makes its own call, and the others wait for that one.
   */
  async once<T>(asked: AskedCall, call: (turn: CallTurn) => Promise<T>): Promise<CallResult<T>> {
    for (;;) {
      const inFlight = this.#inFlight.get(asked.key);
      if (!inFlight) return this.#make(asked, call);
      const joined = await this.#join(inFlight, asked);
      if (joined) return joined;
    }
  }

  /** Waits for a call of this process. `undefined` when that brings no answer. */
  async #join(inFlight: Promise<string | undefined>, asked: AskedCall): Promise<CallResult<never> | undefined> {
    const { control } = this.#deps;
    const got = await this.#waiting<undefined>(asked, "the answer to an equal call", async (_, signal) => {
      const text = await unlessAborted(signal, inFlight);
      return text === undefined ? { kind: "called", value: undefined } : { kind: "answered", text };
    });
    if (got.kind !== "called") return got;
    return control.stopping ? { kind: "ended", reason: control.drain.reason } : undefined;
  }

  async #make<T>(asked: AskedCall, call: (turn: CallTurn) => Promise<T>): Promise<CallResult<T>> {
    const { key } = asked;
    const { leases } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#inFlight.set(key, promise);
    let taken: LeaseTaken | undefined;
    let isAnswered = false;
    let isOver = false;
    let beingStored: Promise<void> | undefined;
    let confirming: Promise<void> | undefined;
    const confirmed = async (asking: Promise<LeaseTaken>): Promise<void> => {
      taken = "elsewhere";
      const confirmedAs = await this.#unlessStopped(key, asking).catch(() => "elsewhere" as const);
      if (isOver && confirmedAs === "held") leases.giveUp(key);
      if (isOver || confirmedAs === "elsewhere") {
        throw new NotSent("Another session has made this call, or makes it now, or it is needed no more.");
      }
      taken = confirmedAs;
    };
    const turn: CallTurn = {
      share(answer, stored) {
        isAnswered = true;
        beingStored = stored;
        resolve(answer);
      },
      confirm() {
        // Who sends several calls at once asks once for all of them.
        if (confirming) return confirming;
        const asking = taken === "held" ? leases.confirm(key) : undefined;
        return asking && (confirming = confirmed(asking).finally(() => (confirming = undefined)));
      },
    };
    try {
      const leased = await this.#lease(asked);
      if (leased.kind !== "called") return leased;
      taken = leased.value;
      for (;;) {
        if (taken === "elsewhere") {
          const got = await this.#waitElsewhere(asked);
          if (got.kind === "answered") resolve(got.text);
          if (got.kind !== "called") return got;
          taken = got.value;
        }
        try {
          return { kind: "called", value: await call(turn) };
        } catch (error) {
          if (!(error instanceof NotSent)) throw error;
          taken = "elsewhere";
        }
      }
    } finally {
      isOver = true;
      if (taken === "held" && beingStored) void beingStored.then(() => leases.answered(key));
      else if (taken === "held" && isAnswered) leases.answered(key);
      else if (taken === "held") leases.giveUp(key);
      resolve(undefined);
      if (this.#inFlight.get(key) === promise) this.#inFlight.delete(key);
    }
  }

  /** Asks for the lease. It is there at once, unless another process has the workspace locked: that may last for long. */
  async #lease({ key, step, item, startedAtMs }: AskedCall): Promise<CallResult<LeaseTaken>> {
    const { control, inFlight, leases } = this.#deps;
    if (control.stopping) return { kind: "ended", reason: control.drain.reason };
    const asking: Asking = { slot: -1, reject: undefined };
    const abort = (reason: unknown): void => this.#end(asking, reason);
    const seat: Seat = { slot: -1, item, step, startedAtMs, attempt: 0, waitsFor: LOCKED, abort };
    const waiting = this.#unlessStopped(key, leases.take(key), asking);
    // An item that was cancelled before ends here at once.
    inFlight.enter(seat);
    try {
      return { kind: "called", value: await waiting };
    } catch (reason) {
      return { kind: "ended", reason };
    } finally {
      inFlight.leave(seat);
    }
  }

  /** A lease that was asked for. It is given up when it comes and nobody waits for it any more. */
  #unlessStopped(
    key: string,
    lease: Promise<LeaseTaken>,
    asking: Asking = { slot: -1, reject: undefined },
  ): Promise<LeaseTaken> {
    const { promise, resolve, reject } = Promise.withResolvers<LeaseTaken>();
    const wait = async (): Promise<void> => {
      const taken = await lease;
      if (this.#asking.delete(asking)) resolve(taken);
      else if (taken === "held") this.#deps.leases.giveUp(key);
    };
    asking.reject = reject;
    this.#asking.add(asking);
    void wait();
    return promise;
  }

  async #leaseUnlessAborted(key: string, signal: AbortSignal): Promise<LeaseTaken> {
    const asking: Asking = { slot: -1, reject: undefined };
    try {
      return await unlessAborted(signal, this.#unlessStopped(key, this.#deps.leases.take(key), asking));
    } finally {
      this.#asking.delete(asking);
    }
  }

  /** Waits for a lease no longer. */
  #end(asking: Asking, reason: unknown): void {
    if (this.#asking.delete(asking)) asking.reject?.(reason);
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

/** Waits for an answer, or a lease. Rejects with the signal's reason when that aborts first. */
async function unlessAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([answer, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
