import { planFanOuts } from "./fan-out.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** The steps of a phase, as far as they decide where an item goes on. */
export type StepLayout = readonly Pick<RunnableStep, "collects" | "name">[];

/** A step that an item has finished, and its index among the steps that there were then. */
export interface FinishedStep {
  readonly name: string;
  readonly index: number;
}

/** Where an item stands by what its session recorded, perhaps with other steps than there are now. */
export interface ItemProgress {
  /** In the order in which they were done. */
  readonly finished: readonly FinishedStep[];
  /** The step that failed; `undefined` when none did. */
  readonly failed?: string | undefined;
  /** The step that was next when nothing failed; `undefined` when that is not known. */
  readonly next?: string | undefined;
  /** Only of an item that takes part in a fan-out. */
  readonly fanOut?: FanOutProgress | undefined;
}

export interface FanOutProgress {
  /** The step that it goes on with. */
  readonly nextIndex: number;
  /** Whether it goes on with the outputs of its children. */
  readonly isCollecting: boolean;
  /** Its parent, the parent of that, and so on. */
  readonly parents: readonly FannedOutParent[];
}

/** An item that was fanned out. */
export interface FannedOutParent {
  readonly finished: readonly FinishedStep[];
  readonly childDepth: number;
  /** `undefined` when its children go on by themselves. */
  readonly collectedAt: number | undefined;
}

/** Where it goes on. `moves`: the new indexes of the steps that it has finished, by name. */
export type ChangedPlace =
  | { readonly kind: "goes on"; readonly at: number; readonly moves: ReadonlyMap<string, number> }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Finds an item's place among the steps that a phase has now. It keeps what it has finished and never passes by the step
 * that failed: where either cannot be, it is refused with the reason.
 */
export function placeIn(steps: StepLayout, progress: ItemProgress): ChangedPlace {
  return progress.fanOut ? placeInFanOut(steps, progress, progress.fanOut) : placeByNames(steps, progress);
}

function placeByNames(steps: StepLayout, { finished, failed, next }: ItemProgress): ChangedPlace {
  const indexOf = (name: string): number => steps.findIndex((step) => step.name === name);
  const gone = finished.filter(({ name }) => indexOf(name) === -1);
  if (gone.length > 0) return refused(`it has finished ${quoted(gone)}, which the pipeline no longer has`);
  const moves = new Map(finished.map(({ name }) => [name, indexOf(name)]));
  const places = [...moves.values()];
  if (places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0))) {
    return refused(`the steps that it has finished (${quoted(finished)}) are in another order now`);
  }
  const at = (places.at(-1) ?? -1) + 1;
  const last = finished.at(-1)?.name;
  if (failed !== undefined && indexOf(failed) === -1) {
    return refused(`its step "${failed}" failed, and the pipeline no longer has a step of that name`);
  }
  if (failed !== undefined && indexOf(failed) < at) {
    return refused(`its step "${failed}" failed, and is now before "${last}", which it has finished`);
  }
  if (next !== undefined && indexOf(next) !== -1 && indexOf(next) < at) {
    return refused(`its next step "${next}" is now before "${last}", which it has finished`);
  }
  return { kind: "goes on", at, moves };
}

/** Parts and their parents know each other by indexes, so no step that they have met may have moved. */
function placeInFanOut(
  steps: StepLayout,
  { finished, failed }: ItemProgress,
  { nextIndex, isCollecting, parents }: FanOutProgress,
): ChangedPlace {
  const plan = planFanOuts(steps);
  const isMoved = ({ name, index }: FinishedStep): boolean => steps[index]?.name !== name;
  const moved = [...finished, ...parents.flatMap((parent) => parent.finished)].find(isMoved);
  if (moved) return refused(`it is in the middle of a fan-out, and its step "${moved.name}" is not where it was`);
  if (failed !== undefined && steps[nextIndex]?.name !== failed) {
    return refused(`it is in the middle of a fan-out, and its step "${failed}", which failed, is not where it was`);
  }
  const isCollectedElsewhere = parents.some(({ finished: before, childDepth, collectedAt = Infinity }) => {
    const fanOut = before.findLast(({ index }) => index < collectedAt);
    return fanOut === undefined || (plan.collectedAt(fanOut.index, childDepth) ?? Infinity) !== collectedAt;
  });
  if (isCollectedElsewhere || (isCollecting && steps[nextIndex]?.collects !== true)) {
    return refused("it is in the middle of a fan-out, and its parts are not collected where they were");
  }
  return { kind: "goes on", at: nextIndex, moves: new Map(finished.map(({ name, index }) => [name, index])) };
}

const refused = (reason: string): ChangedPlace => ({ kind: "refused", reason });

const quoted = (steps: readonly FinishedStep[]): string => steps.map(({ name }) => `"${name}"`).join(", ");
