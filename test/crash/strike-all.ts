import type { Finished } from "../cli/holdfast.ts";
import type { Calm, Journey } from "./journey.ts";
import { strikesIn, type Point, type Strike } from "./point.ts";
import type { Trouble } from "./trouble.ts";

export interface StrikeOptions {
  readonly newJourney: () => Journey | Promise<Journey>;
  readonly calm: Calm;
  /** What the environment says to strike at a point: `HOLDFAST_CRASH_AT` and the like. */
  readonly variable: string;
  /** How often one session is struck, at most, before it is let go to its end. */
  readonly perSession: number;
  /** Says what was not as it should be with a struck process. */
  readonly look: (struck: Finished, journey: Journey, strikes: readonly Strike[]) => Promise<readonly string[]>;
  /** Sessions at once. @default 3 */
  readonly atOnce?: number;
}

/**
 * Strikes at every point. A session is struck at one, and its resume at the next that it comes to, until it may go to
 * its end, which is compared with that of a session that nobody disturbed.
 */
export async function strikeAll(points: readonly Point[], options: StrikeOptions): Promise<readonly Trouble[]> {
  const left = [...points];
  const troubles: Trouble[] = [];
  const worker = async (): Promise<void> => {
    while (left.length > 0) troubles.push(await oneSession(left, options));
  };
  await Promise.all(Array.from({ length: options.atOnce ?? 3 }, worker));
  return troubles;
}

/** Takes points off `left`, as many as the session comes to. */
async function oneSession(
  left: Point[],
  { newJourney, calm, variable, perSession, look }: StrikeOptions,
): Promise<Trouble> {
  const journey = await newJourney();
  const points: string[] = [];
  for (;;) {
    const point = points.length < perSession ? left.shift() : undefined;
    const run = await journey.go(point && { [variable]: point.id });
    const strikes = strikesIn(run);
    if (strikes.length > 0 && point) {
      points.push(point.id);
      journey.noteLost();
      journey.note(...(await look(run, journey, strikes)));
      // A session that could do without the write is at its end.
      if (run.code === calm.ending.exitCode) return journey.arrive(points, run, calm);
      continue;
    }
    // A session that has come further may be past the point; a new one is not.
    if (point && points.length > 0) left.unshift(point);
    else if (point) journey.note(`it never came to ${point.id}`);
    return journey.arrive(points, run, calm);
  }
}
