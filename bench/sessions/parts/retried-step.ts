import { join } from "node:path";
import { measureIn } from "../child.ts";
import { inFolder } from "../in-folder.ts";
import { spreadOf, type Spread } from "../spread.ts";

/** Microseconds for each item, 100 in flight. */
export interface RetriedStep {
  /** `retryCall` of a function that fails once. */
  readonly bareUs: Spread;
  /** An item of two durable steps, of which none fails. */
  readonly smoothStepUs: Spread;
  /** The same with the first step failing once. */
  readonly retriedStepUs: Spread;
}

/** What a retry costs, bare and in a session. */
export async function retriedStep({
  items,
  rounds,
}: {
  readonly items: number;
  readonly rounds: number;
}): Promise<RetriedStep> {
  const found: { bareUs: number; smoothStepUs: number; retriedStepUs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    found.push(
      await inFolder((folder) => measureIn({ file: "retried-step.ts", args: [join(folder, ".holdfast"), items] })),
    );
  }
  return {
    bareUs: spreadOf(found.map(({ bareUs }) => bareUs)),
    smoothStepUs: spreadOf(found.map(({ smoothStepUs }) => smoothStepUs)),
    retriedStepUs: spreadOf(found.map(({ retriedStepUs }) => retriedStepUs)),
  };
}
