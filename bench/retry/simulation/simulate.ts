import { decide, type RetryOptions, type RetryState, stopNever, waitNone } from "../../../src/retry/index.ts";
import { retryState, seededRandom } from "../../../src/retry/testing/index.ts";
import { TimeQueue } from "./time-queue.ts";

/** Who calls what. */
export interface SimulationOptions {
  /** How many clients send their first request at time 0. */
  readonly clients: number;
  /** How many requests a second the server can answer. */
  readonly ratePerSecond: number;
  /** What the server's 429 carries as `Retry-After`. @default 10 */
  readonly retryAfterSeconds?: number | undefined;
  /** The same seed gives the same simulation. @default 42 */
  readonly seed?: number | undefined;
}

/** What became of the clients. */
export interface Simulation {
  readonly served: number;
  /** Clients whose stop strategy ended their call. */
  readonly gaveUp: number;
  /** Clients that were still trying when {@link MAX_REQUESTS} had been sent; 0 otherwise. */
  readonly unfinished: number;
  /** When the last client was served, or the last request was looked at. */
  readonly endedAtMs: number;
  readonly requests: number;
  /** All requests by those that were served; Infinity when none was. */
  readonly requestsPerSuccess: number;
  /** The most requests in one second, first ones left out: those come together whatever the strategy. */
  readonly peakRetriesPerSecond: number;
  /** How many requests came in each second. */
  readonly requestsPerSecond: readonly number[];
}

/** A simulation ends here, so that it takes seconds even where clients never get through. */
export const MAX_REQUESTS = 500_000;

/**
 * Lets clients call a server that cannot serve them all at once, in virtual time, until each is served or gives up.
 * They decide as in real life: the engine's `decide` with the policy's `wait` (none: at once) and `stop` (none: never).
 *
 * The model. The server is a token bucket that holds one second's worth of requests and is full at the start; it
 * answers at once, with a 429 and `Retry-After` when the bucket is empty, and keeps no queue. Each exchange spends 10
 * to 30 ms on the network, drawn evenly: without it, clients without jitter would stay together forever, and with more
 * of it they drift apart by luck.
 */
export function simulate(
  { wait = waitNone(), stop = stopNever }: Pick<RetryOptions, "wait" | "stop">,
  options: SimulationOptions,
): Simulation {
  const { clients, ratePerSecond, retryAfterSeconds = 10, seed = 42 } = options;
  const random = seededRandom(seed);
  const onTheNetworkMs = (): number => 10 + 20 * random();
  const answers = tokenBucket(ratePerSecond);
  const turnedAway = { ...retryState({ random }), outcome: tooManyRequests(retryAfterSeconds) };
  const policy = { wait, stop, timeoutMs: Infinity, budget: undefined };

  const arrivals = new TimeQueue<Sent>();
  for (let i = 0; i < clients; i++)
    arrivals.push(onTheNetworkMs(), { attemptNumber: 1, idleForMs: 0, upcomingSleepMs: 0 });
  const count = { served: 0, gaveUp: 0, requests: 0 };
  // A second without a request is a hole.
  const requestsPerSecond: (number | undefined)[] = [];
  const retriesPerSecond: (number | undefined)[] = [];
  let endedAtMs = 0;

  while (count.requests < MAX_REQUESTS) {
    const arrival = arrivals.pop();
    if (arrival === undefined) break;
    const { atMs, value: sent } = arrival;
    endedAtMs = atMs;
    count.requests += 1;
    addTo(requestsPerSecond, atMs);
    if (sent.attemptNumber > 1) addTo(retriesPerSecond, atMs);
    if (answers(atMs)) {
      count.served += 1;
      continue;
    }
    const decision = decide(policy, { ...turnedAway, ...sent, elapsedMs: atMs, wallNow: () => atMs }, true);
    if (decision.kind === "retry")
      arrivals.push(atMs + decision.delayMs + onTheNetworkMs(), nextOf(sent, decision.delayMs));
    else count.gaveUp += 1;
  }
  return {
    ...count,
    unfinished: clients - count.served - count.gaveUp,
    endedAtMs,
    requestsPerSuccess: count.requests / count.served,
    peakRetriesPerSecond: retriesPerSecond.reduce<number>((peak, retries = 0) => Math.max(peak, retries), 0),
    requestsPerSecond: Array.from(requestsPerSecond, (requests = 0) => requests),
  };
}

/** When the last of them would be served if they came one by one, each just when the server has room for it. */
export function idealMs({ clients, ratePerSecond }: SimulationOptions): number {
  return Math.max(0, ((clients - capacityOf(ratePerSecond)) / ratePerSecond) * 1000);
}

/** A request on its way, and what the client's strategies will be told about it. */
type Sent = Pick<RetryState, "attemptNumber" | "idleForMs" | "upcomingSleepMs">;

function nextOf({ attemptNumber, idleForMs }: Sent, delayMs: number): Sent {
  return { attemptNumber: attemptNumber + 1, idleForMs: idleForMs + delayMs, upcomingSleepMs: delayMs };
}

/** Says of each request, in the order of their times, whether it is answered. */
function tokenBucket(ratePerSecond: number): (atMs: number) => boolean {
  let tokens = capacityOf(ratePerSecond);
  let filledAtMs = 0;
  return (atMs) => {
    tokens = Math.min(capacityOf(ratePerSecond), tokens + ((atMs - filledAtMs) * ratePerSecond) / 1000);
    filledAtMs = atMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** A second's worth, and at least the one request without which nobody would ever be served. */
function capacityOf(ratePerSecond: number): number {
  return Math.max(1, ratePerSecond);
}

function tooManyRequests(retryAfterSeconds: number): NonNullable<RetryState["outcome"]> {
  const headers = { "retry-after": String(retryAfterSeconds) };
  return { status: "returned", value: { status: 429, headers } };
}

function addTo(perSecond: (number | undefined)[], atMs: number): void {
  const second = Math.floor(atMs / 1000);
  perSecond[second] = (perSecond[second] ?? 0) + 1;
}
