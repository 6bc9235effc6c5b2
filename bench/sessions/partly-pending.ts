import { StepError, type AnyPipeline } from "../../dist/index.js";
import { trivialPipeline } from "./trivial-pipeline.ts";
import type { Doc } from "./workload.ts";

/** How many items are to be done and how many to stay pending. */
export interface Shape {
  readonly done: number;
  readonly pending: number;
}

/** A pipeline of three steps that releases some items, evenly spread, as a stopped run does: they stay pending. */
export function partlyPending({ done, pending }: Shape, onPending: () => void = () => {}): AnyPipeline {
  const every = Math.floor((done + pending) / pending);
  return trivialPipeline({ items: done + pending, steps: 3 }, (doc: Doc): Doc => {
    if (indexOf(doc) % every !== every - 1) return doc;
    onPending();
    throw new StepError("cancelled", "Left for later.");
  });
}

const indexOf = ({ id }: Doc): number => Number(id.slice(id.indexOf("-") + 1));
