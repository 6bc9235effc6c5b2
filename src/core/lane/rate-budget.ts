import { parseDuration } from "../../retry/index.ts";
import { StepError } from "../failure/index.ts";
import type { LaneLimits } from "./lane-limits.ts";
import { RateWindow } from "./rate-window.ts";

/** Tokens of a request before it is made. */
export interface TokenEstimate {
  /** The certain cost of the request: its text, and the longest answer when one is set. */
  readonly known: number;
  /** The expected length of the answer, when nothing limits it. */
  readonly guessed: number;
}

export const NO_TOKENS: TokenEstimate = Object.freeze({ known: 0, guessed: 0 });

/** One request's share of the windows. */
export interface Reservation {
  /** Replaces the estimate with the tokens it really cost. */
  settle(tokens: number): void;
}

/** All windows of a lane: a request goes out when it fits into each of them. */
export class RateBudget {
  readonly #name: string;
  readonly #requests: readonly RateWindow[];
  readonly #tokens: readonly RateWindow[];

  constructor(name: string, { requests, tokens }: Pick<LaneLimits, "requests" | "tokens">) {
    this.#name = name;
    const open = ({ limit, per }: LaneLimits["requests"][number]): RateWindow =>
      new RateWindow({ limit, perMs: parseDuration(per) });
    this.#requests = requests.map(open);
    this.#tokens = tokens.map(open);
  }

  /** Throws an `input` failure for a request that can never fit. */
  assertFits({ known }: TokenEstimate): void {
    const tooSmall = this.#tokens.find(({ limit }) => known > limit);
    if (!tooSmall) return;
    throw new StepError(
      "input",
      `The request is about ${known} tokens, but ${this.#name} allows only ${tooSmall.limit} in ${tooSmall.perMs / 1000} s, so it would wait forever. Make the request smaller or raise the limit.`,
    );
  }

  /** Milliseconds until a request of that size may go out. */
  waitMs(estimate: TokenEstimate, nowMs: number): number {
    const forRequest = this.#requests.map((window) => window.waitMs(1, nowMs));
    const forTokens = this.#tokens.map((window) => window.waitMs(amountIn(window, estimate), nowMs));
    return Math.max(0, ...forRequest, ...forTokens);
  }

  /** Counts a request that goes out now. */
  reserve(estimate: TokenEstimate, nowMs: number): Reservation {
    for (const window of this.#requests) window.take(1, nowMs);
    const taken = this.#tokens.map((window) => {
      const amount = amountIn(window, estimate);
      return { window, amount, entry: window.take(amount, nowMs) };
    });
    return {
      settle(tokens): void {
        for (const { window, amount, entry } of taken) window.correct(entry, tokens - amount);
      },
    };
  }
}

/** An estimate never blocks a request forever: it counts for at most what the window holds. */
const amountIn = ({ limit }: RateWindow, { known, guessed }: TokenEstimate): number =>
  Math.min(known + guessed, Math.max(known, limit));
