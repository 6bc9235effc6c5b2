import { describe, expect, it } from "vitest";
import { holdfast } from "../cli/holdfast.ts";
import { countUp } from "./count-up.ts";
import { Journey, undisturbed, type Calm } from "./journey.ts";
import { struckAt } from "./point.ts";
import { figures, withProblems, type Trouble } from "./trouble.ts";

/** Kills a run at its n-th point, and the resume too at the point that `again` says. `undefined` when it never came there. */
async function killedAt(
  n: number,
  calm: Calm,
  { again }: { readonly again?: number } = {},
): Promise<Trouble | undefined> {
  const journey = new Journey();
  const killed = await journey.go({ HOLDFAST_CRASH_AT: String(n) });
  const point = struckAt(killed);
  if (point === undefined) return journey.remove();
  expect(killed.code).toBe(null);
  journey.noteLost();
  if (journey.id === undefined) journey.note(...(await problemsWithoutId(journey)));

  let ended = await journey.go(again === undefined ? {} : { HOLDFAST_CRASH_AT: String(again) });
  if (ended.code === null) {
    journey.noteLost();
    ended = await journey.go();
  }
  return journey.arrive(point, ended, calm);
}

/** Somebody who saw no id looks at the sessions there are. */
async function problemsWithoutId({ cwd }: Journey): Promise<readonly string[]> {
  const { code, stdout, stderr } = await holdfast(["status"], { cwd });
  const isSane = code === 0 && /No sessions in|cut off while it began|interrupted/.test(stdout + stderr);
  return isSane ? [] : [`holdfast status (${code}): ${stdout}${stderr}`];
}

describe("a run that is killed at a durable boundary", () => {
  it("comes to the same end by a resume, whichever boundary that is", async () => {
    const calm = await undisturbed();
    const troubles = await countUp((n) => killedAt(n, calm), { atOnce: 3 });
    console.log(figures("Killed once", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(100);
  }, 600_000);

  it("comes to the same end when the resume is killed too", async () => {
    const calm = await undisturbed();
    const troubles = await countUp((n) => killedAt(n * 8, calm, { again: 5 + ((n * 13) % 40) }), { atOnce: 3 });
    console.log(figures("Killed twice", troubles));
    expect(withProblems(troubles)).toEqual([]);
    expect(troubles.length).toBeGreaterThan(10);
  }, 600_000);
});
