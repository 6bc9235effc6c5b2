import { randomPlan } from "../fake-server/plan.ts";
import type { GeminiFault, GeminiFaultName } from "./faults.ts";

/** What happens to one call: a fault by name or in full, or `undefined` for a plain answer. */
export type PlannedGeminiFault = GeminiFault | GeminiFaultName | undefined;

/** Which call meets which fault: in order (plain answers once the list is used up), or as a function of its number from 1. */
export type GeminiFaultPlan = readonly PlannedGeminiFault[] | ((callNumber: number) => PlannedGeminiFault);

/** Faults that pass when the call is made again. */
export const TRANSIENT_GEMINI_FAULTS: readonly GeminiFaultName[] = [
  "server_error",
  "overloaded",
  "deadline",
  "overloaded_mid_stream",
  "error_mid_stream",
  "end_early",
  "end_without_reason",
  "garble_mid_stream",
  "reset",
  "reset_mid_stream",
];

/**
 * Transient faults at random, but the same ones in every run with the same seed.
 *
 * @example
 * ```ts
 * import { createGoogle } from "@ai-sdk/google";
 * import { generateText } from "ai";
 * import { randomGeminiFaults, startFakeGemini } from "holdfast/testing";
 *
 * const faults = randomGeminiFaults({ rate: 0.5, seed: 3, among: ["overloaded"] });
 * await using server = await startFakeGemini({ faults, answer: () => "Yes." });
 * const google = createGoogle({ baseURL: server.url, apiKey: "k" });
 * const model = google("gemini-2.5-flash");
 * for (const prompt of ["Is kelp green?", "Is moss?", "Is sand?"]) {
 *   const call = generateText({ model, prompt, maxRetries: 0 });
 *   console.log(await call.then(({ text }) => text, (error) => error.statusCode));
 * }
 * // prints: 503
 * // prints: Yes.
 * // prints: Yes.
 * ```
 */
export function randomGeminiFaults({
  rate,
  seed = 1,
  among = TRANSIENT_GEMINI_FAULTS,
}: {
  /** The share of calls that meet a fault, from 0 to 1. */
  readonly rate: number;
  /** The same seed gives call number n the same fate. @default 1 */
  readonly seed?: number;
  /** @default TRANSIENT_GEMINI_FAULTS */
  readonly among?: readonly PlannedGeminiFault[];
}): GeminiFaultPlan {
  return randomPlan({ rate, seed }, among);
}
