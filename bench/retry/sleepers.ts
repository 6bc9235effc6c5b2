import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { BARE_LOOP, CONTENDERS, type Contender } from "./contenders.ts";
import { type Row, spreadOf } from "./measurement.ts";

/** Heap bytes for each of 100,000 calls that are asleep. */
export function heapRows(): readonly Row[] {
  return rowsOf("heap", 1, ({ asleep }) => asleep !== undefined);
}

/** Microseconds for each of 20,000 calls to fall asleep under one signal and to be woken by its abort. */
export function signalRows(): readonly Row[] {
  return rowsOf("signal", 5, ({ asleepUntil }) => asleepUntil !== undefined);
}

/** Each in a process of its own, so that nothing of another is in its heap; in turn, round after round. */
function rowsOf(kind: string, rounds: number, takesPart: (contender: Contender) => boolean): readonly Row[] {
  const floor: number[] = [];
  const runners = CONTENDERS.filter(takesPart).map(({ name }) => ({ name, figures: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    floor.push(measuredIn(kind, BARE_LOOP.name));
    for (const { name, figures } of runners) figures.push(measuredIn(kind, name));
  }
  const ratiosOf = (figures: readonly number[]) => figures.map((figure, round) => figure / (floor[round] ?? NaN));
  return [
    { name: BARE_LOOP.name, figure: spreadOf(floor), ratio: undefined },
    ...runners.map(({ name, figures }) => ({ name, figure: spreadOf(figures), ratio: spreadOf(ratiosOf(figures)) })),
  ];
}

function measuredIn(kind: string, name: string): number {
  const program = join(import.meta.dirname, "asleep.ts");
  return Number(execFileSync(process.execPath, ["--expose-gc", program, kind, name], { encoding: "utf8" }));
}
