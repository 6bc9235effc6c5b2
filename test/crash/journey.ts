import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start, type Finished } from "../cli/holdfast.ts";
import { differences } from "./differences.ts";
import { pipelineErrand, type Errand } from "./errand.ts";
import { pointsIn, type Point } from "./point.ts";
import type { Trouble } from "./trouble.ts";
import { readEnding, type Ending } from "./ending.ts";

export interface JourneyOptions {
  /** What is run. @default the pipeline with one item of each kind that a run can meet */
  readonly errand?: Errand;
  /** Items in flight at once: no crash may repeat more calls than that. @default 3 */
  readonly window?: number;
  /** The environment of every process. @default {} */
  readonly env?: Readonly<Record<string, string>>;
}

/** How a run went that nobody disturbed. */
export interface Calm {
  readonly ending: Ending;
  readonly calls: readonly string[];
  /** The durable boundaries that it passed, in order. */
  readonly points: readonly Point[];
}

export async function undisturbed(journey: Journey = new Journey()): Promise<Calm> {
  const log = join(journey.cwd, "points.log");
  const finished = await journey.go({ HOLDFAST_CRASH_LOG: log });
  const calm = {
    ending: readEnding(journey.errand, finished),
    calls: journey.errand.callsMade(),
    points: pointsIn(readFileSync(log, "utf8")),
  };
  journey.remove();
  return calm;
}

/** One session from its begin to its end, through whatever was done to it. */
export class Journey {
  readonly errand: Errand;
  readonly #window: number;
  readonly #env: Readonly<Record<string, string>>;
  /** How often each call was in flight when a process died. */
  readonly #lost = new Map<string, number>();
  readonly #problems: string[] = [];
  /** How often a process was cut off. */
  #ends = 0;
  #id: string | undefined;

  constructor({ errand, window = 3, env = {} }: JourneyOptions = {}) {
    this.errand = errand ?? pipelineErrand({ window });
    this.#window = window;
    this.#env = env;
  }

  get cwd(): string {
    return this.errand.cwd;
  }

  /** The session's id, once a user could know it. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Begins the session, or goes on with it by its id alone; `meanwhile` may do something to its process. */
  async go(
    env: Readonly<Record<string, string>> = {},
    meanwhile: (child: ChildProcess) => Promise<void> = async () => {},
  ): Promise<Finished> {
    const args = this.#id === undefined ? this.errand.begin : ["resume", this.#id];
    const { child, finished } = start([...args, "--json"], { cwd: this.cwd, env: { ...this.#env, ...env } });
    await meanwhile(child);
    const { stderr, ...end } = await finished;
    this.#id ??= /^Session (\S+)$/m.exec(stderr)?.[1];
    return { stderr, ...end };
  }

  /** Notes which calls were in flight when the process died. */
  noteLost(): void {
    const inFlight = this.errand.callsInFlight();
    if (inFlight.size > this.#window) this.#problems.push(`${inFlight.size} calls were in flight at once`);
    for (const call of inFlight) this.#lost.set(call, (this.#lost.get(call) ?? 0) + 1);
    this.#ends += 1;
  }

  /** Notes what was not as it should be on the way. */
  note(...problems: readonly string[]): void {
    this.#problems.push(...problems);
  }

  /** What the session came to. One without problems leaves no files behind. */
  arrive(points: readonly string[], ended: Finished, calm: Calm): Trouble {
    const problems = [...this.#problems, ...this.#differences(ended, calm)];
    const callsRepeated = this.errand.callsMade().length - calm.calls.length;
    if (problems.length === 0) this.remove();
    return { points, callsRepeated, problems: problems.length === 0 ? [] : [...problems, this.cwd] };
  }

  remove(): void {
    this.errand.remove();
  }

  /** In what the end is another than that of a run that nobody disturbed. */
  #differences(ended: Finished, calm: Calm): readonly string[] {
    const { paidAttempts, ...ending } = readEnding(this.errand, ended);
    const { paidAttempts: calmAttempts, ...calmEnding } = calm.ending;
    // An answer that was kept and not yet recorded when the process died is counted by nobody.
    const uncounted = calmAttempts - paidAttempts;
    const isCounted = uncounted >= 0 && uncounted <= this.#window * this.#ends;
    return [
      ...differences(calmEnding, ending),
      ...this.#unexcused(calm.calls).map((call) => `${call}: called too often, or never`),
      ...(isCounted ? [] : [`${paidAttempts} paid attempts are counted, not ${calmAttempts}`]),
    ];
  }

  /** Calls that were left out, or made again although their answer had been kept. */
  #unexcused(calm: readonly string[]): readonly string[] {
    const made = countEach(this.errand.callsMade());
    const wanted = countEach(calm);
    return [...new Set([...made.keys(), ...wanted.keys()])].filter((call) => {
      const more = (made.get(call) ?? 0) - (wanted.get(call) ?? 0);
      return more < 0 || more > (this.#lost.get(call) ?? 0);
    });
  }
}

function countEach(calls: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}
