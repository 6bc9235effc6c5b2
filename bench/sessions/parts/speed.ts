import { measureIn } from "../child.ts";
import { inFolder } from "../in-folder.ts";
import { spreadOf, type Spread } from "../../retry/measurement.ts";
import type { Entrant } from "../entrants.ts";

/** How fast one contender went through a number of items. */
export interface SpeedRow {
  readonly entrant: Entrant;
  readonly items: number;
  readonly stepsPerSecond: Spread;
}

interface Race {
  readonly entrants: readonly Entrant[];
  readonly items: number;
  readonly steps: number;
  readonly rounds: number;
}

/** All contenders take turns, round after round, so that a busy moment of the machine hits no one alone. */
export async function race({ entrants, items, steps, rounds }: Race): Promise<readonly SpeedRow[]> {
  const rates = new Map<Entrant, number[]>(entrants.map((entrant) => [entrant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [entrant, found] of rates) {
      const own = Math.min(items, entrant.mostItems);
      const { seconds } = await inFolder((folder) =>
        measureIn<{ readonly seconds: number }>({ file: "run-contender.ts", args: [entrant.name, folder, own, steps] }),
      );
      found.push((own * steps) / seconds);
      process.stderr.write(`${entrant.title}: ${Math.round((own * steps) / seconds)} steps/s\n`);
    }
  }
  return entrants.map((entrant) => ({
    entrant,
    items: Math.min(items, entrant.mostItems),
    stepsPerSecond: spreadOf(rates.get(entrant) ?? []),
  }));
}
