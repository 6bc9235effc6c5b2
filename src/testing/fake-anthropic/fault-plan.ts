import { randomPlan } from "../fake-server/plan.ts";
import type { AnthropicFault, AnthropicFaultName } from "./faults.ts";

/** What happens to one call: a fault by name or in full, or `undefined` for a plain answer. */
export type PlannedAnthropicFault = AnthropicFault | AnthropicFaultName | undefined;

/** Which call meets which fault: in order (plain answers once the list is used up), or as a function of its number from 1. */
export type AnthropicFaultPlan = readonly PlannedAnthropicFault[] | ((callNumber: number) => PlannedAnthropicFault);

/** Faults that pass when the call is made again. */
export const TRANSIENT_ANTHROPIC_FAULTS: readonly AnthropicFaultName[] = [
  "server_error",
  "timeout",
  "overloaded",
  "overloaded_at_once",
  "overloaded_mid_stream",
  "error_mid_stream",
  "end_early",
  "end_without_stop",
  "garble_mid_stream",
  "reset",
  "reset_mid_stream",
];

/**
 * Transient faults at random, but the same ones in every run with the same seed.
 *
 * @example
 * ```ts
 * import { createAnthropic } from "@ai-sdk/anthropic";
 * import { generateText } from "ai";
 * import { randomAnthropicFaults, startFakeAnthropic } from "holdfast/testing";
 *
 * const faults = randomAnthropicFaults({ rate: 0.5, seed: 3, among: ["overloaded"] });
 * await using server = await startFakeAnthropic({ faults, answer: () => "Yes." });
 * const anthropic = createAnthropic({ baseURL: server.url, apiKey: "k" });
 * const model = anthropic("claude-haiku-4-5");
 * for (const prompt of ["Is kelp green?", "Is moss?", "Is sand?"]) {
 *   const call = generateText({ model, prompt, maxRetries: 0 });
 *   console.log(await call.then(({ text }) => text, (error) => error.statusCode));
 * }
 * // prints: 529
 * // prints: Yes.
 * // prints: Yes.
 * ```
 */
export function randomAnthropicFaults({
  rate,
  seed = 1,
  among = TRANSIENT_ANTHROPIC_FAULTS,
}: {
  /** The share of calls that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives call number n the same fate. @default 1 */
  readonly seed?: number;
  /** @default TRANSIENT_ANTHROPIC_FAULTS */
  readonly among?: readonly PlannedAnthropicFault[];
}): AnthropicFaultPlan {
  return randomPlan({ rate, seed }, among);
}
