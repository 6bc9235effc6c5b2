import { randomFaults, type RandomFaultOptions } from "../fake-ollama/index.ts";
import { OPENAI_FAULTS, type OpenAIFault, type OpenAIFaultName } from "./faults.ts";

/** What happens to one call: a fault by name or in full, or `undefined` for a plain answer. */
export type PlannedOpenAIFault = OpenAIFault | OpenAIFaultName | undefined;

/** Which call meets which fault: in order (plain answers once the list is used up), or as a function of its number from 1. */
export type OpenAIFaultPlan = readonly PlannedOpenAIFault[] | ((callNumber: number) => PlannedOpenAIFault);

/** Faults that pass when the call is made again. */
export const TRANSIENT_OPENAI_FAULTS: readonly OpenAIFaultName[] = [
  "server_error",
  "bad_gateway",
  "reset",
  "reset_mid_stream",
  "error_mid_stream",
  "end_early",
  "done_without_finish",
  "garble_mid_stream",
];

/**
 * Transient faults at random, but the same ones in every run with the same seed.
 *
 * @example
 * ```ts
 * import { randomOpenAIFaults, startFakeOpenAI } from "holdfast/testing";
 * import { createOpenAI } from "holdfast/llm";
 *
 * await using server = await startFakeOpenAI({ faults: randomOpenAIFaults({ rate: 0.5, seed: 7 }) });
 * const model = createOpenAI({ model: "m", baseUrl: server.url });
 * for (const prompt of ["What is kelp?", "What is moss?", "What is sand?"]) {
 *   console.log(await model.generate({ prompt }).then(() => "answered", (error) => error.kind));
 * }
 * // prints: transient
 * // prints: transient
 * // prints: answered
 * ```
 */
export function randomOpenAIFaults({ rate, seed = 1 }: Omit<RandomFaultOptions, "among">): OpenAIFaultPlan {
  // Which fault and whether there is one are two throws of the same dice that the other fake uses.
  const happens = randomFaults({ rate, seed, among: ["reset"] });
  const isDue = typeof happens === "function" ? happens : () => undefined;
  return (callNumber) =>
    isDue(callNumber, {}) === undefined
      ? undefined
      : TRANSIENT_OPENAI_FAULTS[(callNumber * 7 + seed) % TRANSIENT_OPENAI_FAULTS.length];
}

/** The fault that a plan holds for a call; `callNumber` starts at 1. */
export function faultFor(plan: OpenAIFaultPlan, callNumber: number): OpenAIFault | undefined {
  const planned = typeof plan === "function" ? plan(callNumber) : plan[callNumber - 1];
  return typeof planned === "string" ? OPENAI_FAULTS[planned] : planned;
}
