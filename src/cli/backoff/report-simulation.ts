import type { RetryOptions } from "../../retry/index.ts";
import type { Contender } from "./contenders.ts";
import { drawHistograms, drawResults } from "./draw-simulation.ts";
import type { Report } from "./report.ts";
import { numberText, secondsNumber, secondsText } from "./seconds-text.ts";
import { idealMs, simulate, type SimulationOptions } from "./simulate.ts";

export interface SimulationRequest {
  readonly contenders: readonly Contender[];
  /** When the clients give up; never when it is undefined. */
  readonly stop: RetryOptions["stop"];
  readonly options: Readonly<Record<keyof SimulationOptions, number>>;
  /** How many characters a line may have. */
  readonly width: number;
}

/** How the same clients fare with each strategy. */
export function reportSimulation({ contenders, stop, options, width }: SimulationRequest): Report {
  const results = contenders.map(({ strategy, waits, wait }) => ({
    strategy,
    waits,
    simulation: simulate({ wait, stop }, options),
  }));
  const { clients, ratePerSecond, retryAfterSeconds, seed } = options;
  const bestMs = idealMs(options);
  return {
    document: {
      clients,
      ratePerSecond,
      retryAfterSeconds,
      seed,
      idealSeconds: secondsNumber(bestMs),
      strategies: results.map(({ strategy, waits, simulation: { endedAtMs, ...simulation } }) => ({
        strategy,
        waits,
        endedAtSeconds: secondsNumber(endedAtMs),
        ...simulation,
      })),
    },
    lines: [
      `${numberText(clients)} clients call a server that answers ${numberText(ratePerSecond)} requests a second, all at once.`,
      `It turns away what is too much, with \`Retry-After: ${retryAfterSeconds}\`.`,
      `The ideal: all are served after ${secondsText(bestMs)}.`,
      "",
      ...drawResults(results, width),
      "",
      "peak/s: the most retries that came in one second.",
      "",
      ...drawHistograms(results, { ratePerSecond, idealMs: bestMs, width }),
    ],
  };
}
