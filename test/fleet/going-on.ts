import { inFlightAt, readDeaths, type CallNote } from "./call-log.ts";
import type { Crew } from "./crew.ts";
import type { Struck } from "./disturbances.ts";

/**
 * Seconds until all calls that were cut off have been begun again, or their items are at the next one; when none was,
 * until the next call begins. Infinity when that never was.
 */
export function secondsUntilWorkWentOn(notes: readonly CallNote[], { at, pids }: Struck): number {
  const begun = notes.filter((note) => note.at > at && note.is === "begun");
  const cutOff = inFlightAt(notes, at, pids);
  const times =
    cutOff.length === 0
      ? [begun[0]?.at]
      : cutOff.map((call) => {
          const next = call.replace(/^outline /, "polish ");
          return begun.find((note) => note.call === call || note.call === next)?.at;
        });
  return (Math.max(...times.map((time) => time ?? Number.POSITIVE_INFINITY)) - at) / 1000;
}

/** The most seconds from a death of a worker to the next time that the item which killed it was tried. */
export function longestPause({ cwd, notes }: Crew): number {
  const deaths = readDeaths(cwd);
  const survived = notes.find(({ call }) => call === "outline fatal")?.at;
  const tries = survived === undefined ? deaths : [...deaths, survived];
  return Math.max(...tries.slice(1).map((at, index) => at - (deaths[index] ?? 0))) / 1000;
}
