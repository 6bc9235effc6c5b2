import { numberText, secondsText } from "../../../src/cli/text/backoff/seconds-text.ts";
import { CONTENDERS } from "./contenders.ts";
import { drawHistograms, drawResults } from "./draw-simulation.ts";
import { idealMs, simulate, type SimulationOptions } from "./simulate.ts";

export interface SimulationReportOptions extends Readonly<Record<keyof SimulationOptions, number>> {
  /** How many characters a line may have. */
  readonly width: number;
}

/** How the same clients fare with each strategy, as lines. */
export function reportSimulation({ width, ...crowd }: SimulationReportOptions): readonly string[] {
  const results = CONTENDERS.map(({ strategy, waits, wait }) => ({
    strategy,
    waits,
    simulation: simulate({ wait }, crowd),
  }));
  const { clients, ratePerSecond, retryAfterSeconds } = crowd;
  const bestMs = idealMs(crowd);
  return [
    `${numberText(clients)} clients call a server that answers ${numberText(ratePerSecond)} requests a second, all at once.`,
    `It turns away what is too much, with \`Retry-After: ${retryAfterSeconds}\`.`,
    `The ideal: all are served after ${secondsText(bestMs)}.`,
    "",
    ...drawResults(results, width),
    "",
    "peak/s: the most retries that came in one second.",
    "",
    ...drawHistograms(results, { ratePerSecond, idealMs: bestMs, width }),
  ];
}
