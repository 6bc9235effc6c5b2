import { randomPlan } from "../fake-server/plan.ts";
import { FAULTS, type Fault, type FaultName } from "./faults.ts";
import type { CallBody } from "./wire.ts";

/** What happens to one call: a fault by name or in full, or `undefined` for a plain answer. */
export type PlannedFault = Fault | FaultName | undefined;

/** Which call meets which fault: in order (plain answers once the list is used up), or as a function of the call's number from 1. */
export type FaultPlan = readonly PlannedFault[] | ((callNumber: number, body: CallBody) => PlannedFault);

/** How often calls fail, and with what. */
export interface RandomFaultOptions {
  /** The share of calls that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives call number n the same fate. @default 1 */
  readonly seed?: number;
  /** What may happen; each is as likely as the others. @default TRANSIENT_FAULTS */
  readonly among?: readonly PlannedFault[];
}

/** Faults that pass when the call is made again. */
export const TRANSIENT_FAULTS: readonly FaultName[] = [
  "queue_full",
  "runner_died",
  "reset",
  "reset_mid_stream",
  "error_mid_stream",
  "end_without_done",
];

/**
 * Faults at random, but the same ones in every run with the same seed.
 *
 * @example
 * ```ts
 * import { randomFaults, startFakeOllama } from "holdfast/testing";
 * import { createOllama } from "holdfast/llm";
 *
 * await using server = await startFakeOllama({ faults: randomFaults({ rate: 0.5, seed: 7, among: ["queue_full"] }) });
 * const model = createOllama({ model: "llama3.2", baseUrl: server.url });
 * for (const prompt of ["What is kelp?", "What is moss?", "What is sand?"]) {
 *   console.log(await model.generate({ prompt }).then(() => "answered", (error) => error.kind));
 * }
 * // prints: rate_limit
 * // prints: rate_limit
 * // prints: answered
 * ```
 */
export function randomFaults(options: RandomFaultOptions): FaultPlan {
  return randomPlan(options, options.among ?? TRANSIENT_FAULTS);
}

/** The fault that a plan holds for a call; `callNumber` starts at 1. */
export function faultFor(plan: FaultPlan, callNumber: number, body: CallBody): Fault | undefined {
  const planned = typeof plan === "function" ? plan(callNumber, body) : plan[callNumber - 1];
  return typeof planned === "string" ? FAULTS[planned] : planned;
}
