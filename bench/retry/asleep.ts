// What one contender's calls cost while they sleep: `node --expose-gc asleep.ts <heap|signal> <name>` prints a number.
import { setImmediate } from "node:timers/promises";
import { BARE_LOOP, CONTENDERS } from "./contenders.ts";
import type { Retry } from "./task.ts";

const HEAP_SLEEPERS = 100_000;
const SIGNAL_SLEEPERS = 20_000;

const [kind, name] = process.argv.slice(2);
const contender = [BARE_LOOP, ...CONTENDERS].find((candidate) => candidate.name === name);
const measure = { heap: heapBytes, signal: signalMicroseconds }[String(kind)];
if (contender === undefined || measure === undefined)
  throw new Error(`Expected heap or signal and a name, got ${name}`);
process.stdout.write(`${await measure()}\n`);
// The sleepers would keep the process for an hour.
process.exit();

/** Bytes of heap for each call that is asleep. */
async function heapBytes(): Promise<number> {
  const { asleep } = contender ?? {};
  if (asleep === undefined) throw new Error(`Expected ${name} to sleep`);
  // What is made once is made now.
  const early = await fallAsleep(asleep, 1000);
  const before = heapUsed();
  const late = await fallAsleep(asleep, HEAP_SLEEPERS);
  const bytes = (heapUsed() - before) / HEAP_SLEEPERS;
  if (early.length + late.length !== HEAP_SLEEPERS + 1000) throw new Error("Expected every call to be held");
  return bytes;
}

/** Microseconds of processor time for each call to fall asleep under one signal and to be woken by its abort. */
async function signalMicroseconds(): Promise<number> {
  const { asleepUntil } = contender ?? {};
  if (asleepUntil === undefined) throw new Error(`Expected ${name} to sleep under a signal`);
  await abortAll(asleepUntil, 500);
  globalThis.gc?.();
  const { user, system } = process.threadCpuUsage();
  await abortAll(asleepUntil, SIGNAL_SLEEPERS);
  const used = process.threadCpuUsage();
  return (used.user + used.system - user - system) / SIGNAL_SLEEPERS;
}

async function abortAll(asleepUntil: (signal: AbortSignal) => Retry, count: number): Promise<void> {
  const controller = new AbortController();
  const calls = await fallAsleep(asleepUntil(controller.signal), count);
  controller.abort();
  const ends = await Promise.allSettled(calls);
  if (ends.some(({ status }) => status === "fulfilled")) throw new Error("Expected every call to be aborted");
}

/** Begins calls that fail once and then sleep, and resolves when all of them do. */
async function fallAsleep(retry: Retry, count: number): Promise<readonly Promise<unknown>[]> {
  const error = new Error("down");
  let failures = 0;
  const run = retry(async () => {
    failures += 1;
    throw error;
  });
  const calls = Array.from({ length: count }, () => run());
  for (const call of calls) call.catch(() => {});
  while (failures < count) await setImmediate();
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  if (failures !== count)
    throw new Error(`Expected ${count} calls to sleep after one attempt, saw ${failures} attempts`);
  return calls;
}

function heapUsed(): number {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
