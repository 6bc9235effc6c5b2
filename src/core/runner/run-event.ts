import type { LaneEvent } from "../lane/index.ts";
import type { StopCause } from "./run-control.ts";
import type { ItemStatus, PhaseStatus, StepResult } from "../base/index.ts";

/** An event of a run, for people and progress displays: no behaviour depends on it. */
export type RunEvent =
  | { readonly kind: "phase"; readonly phase: string; readonly status: PhaseStatus }
  /** How many elements the source will put out, once it knows. */
  | { readonly kind: "total"; readonly phase: string; readonly count: number }
  /** An item ended. */
  | {
      readonly kind: "item";
      readonly phase: string;
      readonly itemId: string;
      readonly status: ItemStatus;
      readonly reason?: string | undefined;
      /** Whether it is a part of a longer item. @default false */
      readonly isPart?: boolean;
    }
  /** A step of an item ended, and its result is durable. */
  | {
      readonly kind: "step";
      readonly phase: string;
      readonly itemId: string;
      readonly step: string;
      /** Without the output, which may be large. */
      readonly result: StepResult;
    }
  /** Ended items were made pending again, by a retry: so many. */
  | { readonly kind: "reopened"; readonly count: number }
  /** A remark of the model before the run, such as that it runs on the CPU. */
  | { readonly kind: "model"; readonly note: string }
  /** A message of the engine, such as that there is no worker. */
  | { readonly kind: "engine"; readonly message: string }
  /** What you should know of this process or this machine, such as that a step held everything else up. */
  | { readonly kind: "notice"; readonly message: string }
  /** An item was given up: the process died each time its call was under way, at last with nothing else running. */
  | { readonly kind: "poison"; readonly itemId: string }
  /** A lane event: an API made everybody wait, went down, came back, or now allows more or fewer calls at once. */
  | { readonly kind: "lane"; readonly event: LaneEvent }
  | { readonly kind: "stop"; readonly cause: StopCause };

/** Gets each event of a run when it happens; nothing waits for it. */
export type RunListener = (event: RunEvent) => void;
