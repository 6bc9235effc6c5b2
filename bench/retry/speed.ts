import { BARE_LOOP, CONTENDERS } from "./contenders.ts";
import type { Task } from "./task.ts";
import { type Row, spreadOf } from "./measurement.ts";

/** How one kind of call is timed. */
export interface Race {
  /** Makes the task of one contender. */
  readonly task: () => Task;
  /** Calls in one round. */
  readonly calls: number;
  /** The same for those who wait on timers, which takes a thousand times as long; absent when nobody waits. */
  readonly callsOnTimers?: number;
  readonly rounds: number;
}

/** A task that returns at once. */
export function succeeds(): Task {
  return async () => 42;
}

/** A task that raises twice and then returns, again and again. Making an error costs more than a retry, so it is made before. */
export function failsTwice(): Task {
  const error = new Error("not yet");
  let call = 0;
  return async () => {
    call += 1;
    if (call % 3 !== 0) throw error;
    return 42;
  };
}

/**
 * Times every contender in turn, in many short rounds, and the bare loop right before each: what else this machine does
 * falls on both sides of a ratio, or spoils a round that the median leaves out. Figures are microseconds a call.
 */
export async function race({ task, calls, callsOnTimers, rounds }: Race): Promise<readonly Row[]> {
  const floor = { run: BARE_LOOP.atOnce(task()), calls };
  const floorUs: number[] = [];
  const runners = CONTENDERS.map(({ name, atOnce, waitsOnTimers }) => {
    const runner = { name, run: atOnce(task()), us: [] as number[], ratios: [] as number[] };
    if (callsOnTimers === undefined || !waitsOnTimers) return { ...runner, calls };
    return { ...runner, calls: callsOnTimers, note: "can only wait on timers" };
  });
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const runner of runners) {
      const besideUs = await timed(floor);
      const us = await timed(runner);
      if (round < 0) continue;
      floorUs.push(besideUs);
      runner.us.push(us);
      runner.ratios.push(us / besideUs);
    }
  }
  return [
    { name: BARE_LOOP.name, figure: spreadOf(floorUs), ratio: undefined },
    ...runners.map(({ us, ratios, ...runner }) => ({ ...runner, figure: spreadOf(us), ratio: spreadOf(ratios) })),
  ];
}

/** The compiler of the runtime has settled after so many. */
const WARM_UP_ROUNDS = 5;

/** Microseconds a call, one after the other. */
async function timed({ run, calls }: { readonly run: Task; readonly calls: number }): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < calls; i++) await run();
  return ((performance.now() - startMs) * 1000) / calls;
}
