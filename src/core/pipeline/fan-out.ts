import { StepError } from "../failure/index.ts";
import type { RunnableStep } from "./runnable-step.ts";

/** The most children of one item. More than that is usually a mistake. */
const MAX_CHILDREN = 10_000;

/**
 * Matches the fan-outs and collects of a phase. Each `collect` ends one level of fan-out, the last one the outermost:
 * with two of them ahead, a child of a child waits for the first and a child for the second.
 */
export interface FanOutPlan {
  /** How deep the items are that a step at `index` collects; 0 for a step that collects nothing. */
  readonly depthCollectedAt: (index: number) => number;
  /**
   * The step at which an item that is fanned out at `index` gets its children back; `undefined` when no collect
   * follows, so that the children go on by themselves.
   */
  readonly collectedAt: (index: number, childDepth: number) => number | undefined | "too deep";
}

export function planFanOuts(steps: readonly Pick<RunnableStep, "collects">[]): FanOutPlan {
  const collects = steps.flatMap(({ collects }, index) => (collects ? [index] : []));
  return {
    depthCollectedAt(index) {
      const position = collects.indexOf(index);
      return position === -1 ? 0 : collects.length - position;
    },
    collectedAt(index, childDepth) {
      const ahead = collects.filter((collect) => collect > index);
      if (ahead.length === 0) return undefined;
      return childDepth <= ahead.length ? ahead[ahead.length - childDepth] : "too deep";
    },
  };
}

/** Rejects too many children, and ids that are missing or duplicate. */
export function assertChildren(step: string, ids: readonly string[]): void {
  if (ids.length > MAX_CHILDREN) {
    throw new StepError(
      "input",
      `Step "${step}" fanned one item out into ${ids.length} children; the limit is ${MAX_CHILDREN}.`,
    );
  }
  const seen = new Set<string>();
  for (const id of ids) {
    if (id === "" || seen.has(id)) {
      throw new StepError(
        "bug",
        `Step "${step}" gave ${id === "" ? "a child an empty id" : `two children the id ${JSON.stringify(id)}`}.`,
      );
    }
    seen.add(id);
  }
}
