import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a paid step noted of one call. */
export interface CallNote {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly pid: number;
  readonly is: "begun" | "ended";
  readonly call: string;
}

export function readCallLog(cwd: string): readonly CallNote[] {
  const file = join(cwd, "calls.log");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  // The last one may be half written.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as CallNote);
}

export const callsBegun = (notes: readonly CallNote[]): readonly string[] =>
  notes.filter(({ is }) => is === "begun").map(({ call }) => call);

/** Calls that a process had begun and not ended by then. */
export function inFlightAt(notes: readonly CallNote[], at: number, pids: readonly number[]): readonly string[] {
  const before = notes.filter((note) => note.at <= at && pids.includes(note.pid));
  const ended = new Set(before.filter(({ is }) => is === "ended").map(({ pid, call }) => `${pid} ${call}`));
  return before.filter(({ is, pid, call }) => is === "begun" && !ended.has(`${pid} ${call}`)).map(({ call }) => call);
}

/** Calls that were made more often than in an undisturbed run, once for each time. */
export function repeatedCalls(notes: readonly CallNote[], calm: readonly string[]): readonly string[] {
  const left = countEach(calm);
  return callsBegun(notes).filter((call) => {
    const count = left.get(call) ?? 0;
    left.set(call, count - 1);
    return count <= 0;
  });
}

/** Calls of an undisturbed run that were never made. */
export function missingCalls(notes: readonly CallNote[], calm: readonly string[]): readonly string[] {
  const made = new Set(callsBegun(notes));
  return calm.filter((call) => !made.has(call));
}

/** Outlines that were paid for again after their item had gone on: their answers had been kept. */
export function repeatedThoughKept(notes: readonly CallNote[]): readonly string[] {
  const polished = new Set<string>();
  const wrong: string[] = [];
  for (const { is, call } of notes) {
    const [, step = "", rest = ""] = /^(\w+) (.*)$/.exec(call) ?? [];
    if (is === "begun" && step === "polish") polished.add(rest);
    if (is === "begun" && step === "outline" && polished.has(rest)) wrong.push(call);
  }
  return wrong;
}

function countEach(calls: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}

/** When an item killed a worker: milliseconds since 1970. */
export function readDeaths(cwd: string): readonly number[] {
  const file = join(cwd, "deaths.log");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
}
