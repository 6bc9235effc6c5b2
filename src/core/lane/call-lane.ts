import type { ToldLimits } from "../base/index.ts";
import type { KnownReach } from "./circuit-breaker.ts";
import type { LaneChange } from "./lane-event.ts";
import type { TokenEstimate } from "./rate-budget.ts";

/** The caller of a lane, and the size of its request. */
export interface LaneCall {
  /** Each probe of an outage is the call of another caller. */
  readonly itemId: string;
  /** Higher goes first. @default 0 */
  readonly priority?: number;
  /** Since when the item has waited for this step; among equals the longest goes first. @default now */
  readonly sinceMs?: number;
  /** @default none */
  readonly tokens?: TokenEstimate;
  /** Ends the wait for a turn, and lets go of work that does not end by itself. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told when the call begins to wait for its turn, and when it waits no longer. */
  readonly turn?: TurnWatch | undefined;
  /**
   * Whether another API is asked in this one's place: the call then rejects with `LaneClosed` where it would wait for its API,
   * and with each failure. @default false
   */
  readonly isPassedOn?: boolean;
}

/** Told how long a call waits: see {@link LaneCall}. Each `stop` is followed by one `goOn`. */
export interface TurnWatch {
  readonly stop: (lane: string) => void;
  readonly goOn: () => void;
}

/** The gate that the calls of an API go through. */
export interface CallLane {
  readonly name: string;
  /** Runs `work` when the lane has room for it; `tokensOf` returns what it really cost. */
  call<T>(call: LaneCall, work: () => Promise<T> | T, tokensOf?: (value: T) => number | undefined): Promise<T>;
  /** Whether its API has asked to wait, or cannot be reached: calls that are passed on are not made now. */
  readonly isClosed: boolean;
  /** Resolves when its API may be asked again, as far as is known, which is looked into meanwhile. Rejects when `signal` aborts. */
  opened(signal?: AbortSignal): Promise<void>;
  /** Keeps what the API told of its limits with an answer. What a `StepError` of a call says of them is kept by itself. */
  told(limits: ToldLimits): void;
}

/** A lane of this process that learns from other processes. */
export interface LearningLane extends CallLane {
  learn(known: KnownReach): void;
}

/** A lane whose limits hold for several processes together. */
export interface SharedLane extends CallLane {
  /** Publishes what this process learned of the API. */
  readonly publish: (change: LaneChange) => void;
}

/** Waits for something that is not the call's own work. */
export async function waitingFor<T>(
  lane: string,
  { turn }: Pick<LaneCall, "turn">,
  wait: () => Promise<T>,
): Promise<T> {
  if (!turn) return wait();
  turn.stop(lane);
  try {
    return await wait();
  } finally {
    turn.goOn();
  }
}
