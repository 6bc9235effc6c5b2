import {
  buildRetryOptions,
  type RetryOptions,
  waitExponential,
  waitExponentialJitter,
  waitFullJitter,
  waitRetryAfter,
} from "../../src/retry/index.ts";
import { idealMs, type Simulation, simulate } from "./simulation/simulate.ts";

const CROWD = { clients: 2000, ratePerSecond: 50 };
const BOUNDS = { multiplier: "0.5s", max: "20s" } as const;

/** How all the clients of the simulation wait; they never give up. */
const HERDS: Readonly<Record<string, NonNullable<RetryOptions["wait"]>>> = {
  "exponential, no jitter": waitExponential(BOUNDS),
  "exponential_jitter as tenacity has it": waitExponentialJitter(BOUNDS),
  "full jitter": waitFullJitter(BOUNDS),
  "a RetryConfig's waits": buildRetryOptions().wait ?? waitFullJitter(),
  "Retry-After to the letter": waitRetryAfter({ jitter: 0 }),
  waitRetryAfter: waitRetryAfter(),
};

/** When the last of 2,000 clients could be served by a server that answers 50 requests a second. */
export const HERD_IDEAL_SECONDS: number = idealMs(CROWD) / 1000;

/** How such clients fare, in virtual time and the same at each run. */
export function herds(): readonly (Simulation & { readonly name: string })[] {
  return Object.entries(HERDS).map(([name, wait]) => ({ name, ...simulate({ wait }, CROWD) }));
}
