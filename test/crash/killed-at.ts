import { expect } from "vitest";
import { holdfast } from "../cli/holdfast.ts";
import type { Calm, Journey } from "./journey.ts";
import { struckAt } from "./point.ts";
import type { Trouble } from "./trouble.ts";

export interface Kill {
  /** The point at which the process is killed: 1 is the first that it comes to. */
  readonly at: number;
  /** At which point of its own the resume is killed too. @default it is not */
  readonly again?: number;
}

/** Kills a journey's process and lets it come to its end by a resume. `undefined` when it never came to that point. */
export async function killedAt({ at, again }: Kill, journey: Journey, calm: Calm): Promise<Trouble | undefined> {
  const killed = await journey.go({ HOLDFAST_CRASH_AT: String(at) });
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
