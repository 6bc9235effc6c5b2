import type { RunnableStep } from "../../../core/pipeline/index.ts";

/** Steps in a row that a worker does in one job. Indexes among the phase's steps; `end` is the first after them. */
export interface StepRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The range that each step of a phase is in; `undefined` for steps that stay with the owner. A step with cached answers
 * starts a range of its own, since the owner checks its cache first.
 */
export function stepRangesOf(
  steps: readonly Pick<RunnableStep, "cache" | "ownerOnly">[],
): readonly (StepRange | undefined)[] {
  const isStart = (index: number): boolean =>
    steps[index]?.ownerOnly === false && (index === 0 || steps[index - 1]?.ownerOnly !== false || steps[index].cache);
  return steps.map(({ ownerOnly }, index) => {
    if (ownerOnly) return undefined;
    let start = index;
    while (!isStart(start)) start -= 1;
    let end = index + 1;
    while (end < steps.length && steps[end]?.ownerOnly === false && !isStart(end)) end += 1;
    return { start, end };
  });
}
