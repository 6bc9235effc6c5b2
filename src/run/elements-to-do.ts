import type { PhaseDefinition } from "../core/pipeline/index.ts";
import { readableElement, SAME_ID, type ReadElement } from "../core/runner/index.ts";
import type { PlanTally } from "./plan-tally.ts";

/** What is told while elements are read, and when to stop. */
export interface ReadingOptions {
  readonly signal: AbortSignal;
  /** Called for each element that was looked at; `total` if the source knows how many there are. */
  readonly onElement?: ((looked: number, total: number | undefined) => void) | undefined;
}

/** Items that would go through the steps; elements that end before are counted here. */
export async function* elementsToDo(
  { source }: Pick<PhaseDefinition, "source">,
  tally: Pick<PlanTally, "ended">,
  { signal, onElement }: ReadingOptions,
): AsyncGenerator<Extract<ReadElement, { kind: "item" }>> {
  const seen = new Set<string>();
  let total: number | undefined;
  let looked = 0;
  for await (const record of source.read({ signal })) {
    signal.throwIfAborted();
    if (record.kind === "total") {
      total = record.count;
      continue;
    }
    const element = readableElement(record);
    if (seen.has(element.itemId)) tally.ended("skipped", SAME_ID);
    else if (element.kind === "item") yield element;
    else if (element.kind === "skipped") tally.ended("skipped", element.reason);
    else tally.ended("failed", element.error.message);
    seen.add(element.itemId);
    looked += 1;
    onElement?.(looked, total);
  }
}
