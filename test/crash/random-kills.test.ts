import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { line } from "./documents.ts";
import { pipelineErrand } from "./errand.ts";
import { Journey, undisturbed, type Calm } from "./journey.ts";
import { randomFrom } from "./random.ts";
import { lostOrDoubled, withProblems, type Trouble } from "./trouble.ts";

const KILLS = 54;
const KILLS_A_SESSION = 6;
const WINDOW = 8;
const CALL_MS = 4;
const SEED = Number(process.env["SEED"] ?? 20260119);

const KINDS: Readonly<Record<number, string>> = { 2: "unchanged", 4: "odd", 5: "flaky", 8: "short", 9: "gone" };

const documents: readonly string[] = Array.from({ length: 150 }, (_, n) =>
  n % 25 === 7
    ? "this line is not JSON"
    : line(`doc-${n}`, { is: KINDS[n % 10], parts: n % 3 === 0 ? ["a", "b"] : ["a"] }),
);

const newJourney = (): Journey =>
  new Journey({
    errand: pipelineErrand({ documents, window: WINDOW }),
    window: WINDOW,
    env: { CALL_MS: String(CALL_MS) },
  });

interface KilledSession extends Trouble {
  readonly kills: number;
}

/** Kills a session's process again and again at moments that `random` chooses, then lets it come to its end. */
async function killAtRandom(name: string, calm: Calm, random: () => number): Promise<KilledSession> {
  const journey = newJourney();
  let kills = 0;
  for (let round = 0; round < KILLS_A_SESSION; round += 1) {
    const finished = await journey.go({}, (child) => killLater(child, journey, { random, isEarly: round % 3 === 1 }));
    if (finished.code !== null) return { ...journey.arrive([name], finished, calm), kills };
    kills += 1;
    journey.noteLost();
  }
  return { ...journey.arrive([name], await journey.go(), calm), kills };
}

/** Early: while the process begins. Otherwise after some more calls, so that the session gets on between its kills. */
async function killLater(
  child: ChildProcess,
  { errand }: Journey,
  { random, isEarly }: { readonly random: () => number; readonly isEarly: boolean },
): Promise<void> {
  if (isEarly) await pause(random() * 300);
  else {
    const enough = errand.callsMade().length + 12 + Math.floor(random() * 20);
    while (child.exitCode === null && errand.callsMade().length < enough) await pause(2);
    await pause(random() * 20);
  }
  child.kill("SIGKILL");
}

describe("a long run that is killed at random moments", () => {
  it(`comes to the same end after up to ${KILLS_A_SESSION} kills of each session`, { tags: "soak" }, async () => {
    const calm = await undisturbed(newJourney());
    const seeds = randomFrom(SEED);
    const sessions: KilledSession[] = [];
    const sum = (of: (session: KilledSession) => number): number =>
      sessions.reduce((total, session) => total + of(session), 0);
    const worker = async (): Promise<void> => {
      while (sum(({ kills }) => kills) < KILLS) {
        const seed = Math.floor(seeds() * 2 ** 31);
        sessions.push(await killAtRandom(`seed ${seed}`, calm, randomFrom(seed)));
      }
    };
    await Promise.all([worker(), worker()]);

    const kills = sum((session) => session.kills);
    const repeated = sum(({ callsRepeated }) => callsRepeated);
    console.log(
      `Killed at random (seed ${SEED}): ${kills} kills in ${sessions.length} sessions, ${repeated} of ${calm.calls.length * sessions.length} calls repeated, ${lostOrDoubled(sessions)} outputs lost or doubled, ${withProblems(sessions).length} ends that differ.`,
    );
    expect(withProblems(sessions)).toEqual([]);
    expect(repeated).toBeLessThanOrEqual(kills * WINDOW);
  });
});
