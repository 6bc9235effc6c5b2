import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../sessions/in-folder.ts";
import { spreadOf, type Spread } from "../sessions/spread.ts";
import { Child } from "./child.ts";
import type { QueueServer } from "./server.ts";

export interface Race {
  readonly startServer: (folder: string) => Promise<QueueServer>;
  /** Numbers of worker processes to try. */
  readonly workers: readonly number[];
  readonly items: number;
  readonly steps: number;
  readonly rounds: number;
}

/** What one number of worker processes gave. */
export interface RaceRow {
  readonly workers: number;
  readonly raw: Spread;
  /** Steps a second. */
  readonly holdfast: Spread;
  /** Of the runs of one round, one right after the other. */
  readonly ratio: Spread;
  /** Processor microseconds for each step. */
  readonly rawCpu: CpuPerStep;
  readonly holdfastCpu: CpuPerStep;
}

export interface CpuPerStep {
  readonly owner: Spread;
  readonly workers: Spread;
}

interface Lap {
  readonly stepsPerSecond: number;
  readonly ownerUs: number;
  readonly workersUs: number;
}

/** Has both contenders do the same work again and again, in turns, each with an empty database of its own. */
export async function race(plan: Race): Promise<readonly RaceRow[]> {
  const laps = plan.workers.map((workers) => ({ workers, raw: [] as Lap[], holdfast: [] as Lap[] }));
  for (let round = 0; round < plan.rounds; round++) {
    for (const row of laps) {
      // The order alternates too, since a busy machine may become busier.
      const order = round % 2 === 0 ? (["raw", "holdfast"] as const) : (["holdfast", "raw"] as const);
      for (const name of order) row[name].push(await lap(name, row.workers, plan));
    }
  }
  return laps.map(({ workers, raw, holdfast }) => ({
    workers,
    raw: spreadOf(raw.map(({ stepsPerSecond }) => stepsPerSecond)),
    holdfast: spreadOf(holdfast.map(({ stepsPerSecond }) => stepsPerSecond)),
    ratio: spreadOf(holdfast.map((ours, round) => ours.stepsPerSecond / (raw[round]?.stepsPerSecond ?? Number.NaN))),
    rawCpu: cpuOf(raw),
    holdfastCpu: cpuOf(holdfast),
  }));
}

function lap(name: string, workers: number, { startServer, items, steps }: Race): Promise<Lap> {
  return inFolder(async (folder) => {
    const [data, work] = [join(folder, "server"), join(folder, "work")];
    for (const made of [data, work]) mkdirSync(made);
    await using server = await startServer(data);
    await using stack = new AsyncDisposableStack();
    const helpers = Array.from({ length: workers }, () =>
      stack.use(new Child("help.ts", name, server.url, work, steps)),
    );
    for (const helper of helpers) await helper.receive();
    const owner = stack.use(new Child("own.ts", name, server.url, work, items, steps));
    await owner.receive();
    const before = await spentBy(helpers);
    const { seconds, cpuSeconds } = await owner.receive().then(numbersOf);
    const spent = (await spentBy(helpers)) - before;
    const all = items * steps;
    const found = {
      stepsPerSecond: all / (seconds ?? Number.NaN),
      ownerUs: ((cpuSeconds ?? Number.NaN) * 1e6) / all,
      workersUs: (spent * 1e6) / all,
    };
    process.stderr.write(`${name}, ${workers} workers: ${JSON.stringify(found)}\n`);
    return found;
  });
}

async function spentBy(helpers: readonly Child[]): Promise<number> {
  const told = await Promise.all(helpers.map((helper) => helper.ask()));
  return told.map((each) => numbersOf(each).cpuSeconds ?? Number.NaN).reduce((sum, seconds) => sum + seconds, 0);
}

function numbersOf(told: unknown): { readonly seconds?: number; readonly cpuSeconds?: number } {
  if (typeof told !== "object" || told === null) throw new Error(`Expected numbers, heard ${JSON.stringify(told)}.`);
  return told;
}

const cpuOf = (laps: readonly Lap[]): CpuPerStep => ({
  owner: spreadOf(laps.map(({ ownerUs }) => ownerUs)),
  workers: spreadOf(laps.map(({ workersUs }) => workersUs)),
});
