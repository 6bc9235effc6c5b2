import type { LLamaChatGenerateResponseOptions } from "node-llama-cpp";
import type { JsonValue } from "../../core/base/index.ts";
import { StepError } from "../../core/failure/index.ts";

/** What of the library's own can be set; it takes anything else without a word. */
const NAMES = ["minP", "topK", "topP", "seed", "repeatPenalty"] as const;

type Name = (typeof NAMES)[number];
type Given = Readonly<Record<string, JsonValue>>;

/** What is wrong with the options for how answers are drawn; `undefined` when nothing is. */
export function wrongOption(given: Given): string | undefined {
  const wrong = Object.entries(given).find(
    ([name, value]) => !(NAMES as readonly string[]).includes(name) || typeof value !== "number",
  );
  if (wrong === undefined) return undefined;
  const [name, value] = wrong;
  return `A model in this process has the options ${NAMES.join(", ")}, each a number; got ${name}: ${JSON.stringify(value)}.`;
}

/** The options as the library takes them. Throws a `StepError` (`missing_model`), which stops the run, for one that it has not. */
export function drawingOptions(given: Given): Pick<LLamaChatGenerateResponseOptions, Name> {
  const wrong = wrongOption(given);
  if (wrong !== undefined) throw new StepError("missing_model", wrong);
  const { repeatPenalty, ...options } = given as Readonly<Partial<Record<Name, number>>>;
  return { ...options, ...(repeatPenalty !== undefined && { repeatPenalty: { penalty: repeatPenalty } }) };
}
