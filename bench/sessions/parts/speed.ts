import { measureIn } from "../child.ts";
import { inFolder } from "../in-folder.ts";
import { spreadOf, type Spread } from "../spread.ts";
import type { Entrant } from "../entrants.ts";

/** How fast one contender went through a number of items. */
export interface SpeedRow {
  readonly entrant: Entrant;
  readonly items: number;
  readonly stepsPerSecond: Spread;
  /** Processor time of a step in microseconds, a server's own not counted. */
  readonly cpuUsPerStep: Spread;
  /** How late the event loop of the Node process comes to a timer that is due every millisecond. */
  readonly delayMs: Readonly<Record<Quantile, Spread>>;
}

export const QUANTILES = ["p50", "p99", "max"] as const;
type Quantile = (typeof QUANTILES)[number];

interface Took {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly delayMs: Readonly<Record<Quantile, number>>;
}

interface Race {
  readonly entrants: readonly Entrant[];
  readonly items: number;
  readonly steps: number;
  readonly rounds: number;
}

/** All contenders take turns, round after round, so that a busy moment of the machine hits no one alone. */
export async function race({ entrants, items, steps, rounds }: Race): Promise<readonly SpeedRow[]> {
  const found = new Map<Entrant, Took[]>(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [entrant, rounds] of found) {
      const own = Math.min(items, entrant.mostItems);
      const { seconds, cpuSeconds, delayMs } = await inFolder((folder) =>
        measureIn<Took>({ file: "run-contender.ts", args: [entrant.name, folder, own, steps] }),
      );
      rounds.push({ seconds: seconds / (own * steps), cpuSeconds: cpuSeconds / (own * steps), delayMs });
      process.stderr.write(`${entrant.title}: ${Math.round((own * steps) / seconds)} steps/s\n`);
    }
  }
  return entrants.map((entrant) => ({
    entrant,
    items: Math.min(items, entrant.mostItems),
    stepsPerSecond: spreadOf((found.get(entrant) ?? []).map(({ seconds }) => 1 / seconds)),
    cpuUsPerStep: spreadOf((found.get(entrant) ?? []).map(({ cpuSeconds }) => cpuSeconds * 1e6)),
    delayMs: delaysOf(found.get(entrant) ?? []),
  }));
}

function delaysOf(rounds: readonly Took[]): SpeedRow["delayMs"] {
  const of = (quantile: Quantile): Spread => spreadOf(rounds.map(({ delayMs }) => delayMs[quantile]));
  return { p50: of("p50"), p99: of("p99"), max: of("max") };
}
