import type { RetryConfig } from "../../retry/index.ts";
import type { AnswerCache } from "../storage/index.ts";
import type { Clock } from "../base/index.ts";
import type { StageLogs } from "../session/index.ts";
import type { CallLane } from "../lane/index.ts";
import type { Metering } from "../model/index.ts";
import type { Mask } from "../failure/index.ts";
import type { LimitGuard } from "./limit-guard.ts";
import type { RunControl } from "./run-control.ts";
import type { StepServices } from "../pipeline/index.ts";

/** All that a run's steps need from outside of them. */
export interface RunDeps {
  readonly sessionId: string;
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  readonly services: StepServices;
  readonly cache: AnswerCache;
  readonly control: RunControl;
  readonly clock: Clock;
  readonly random: () => number;
  /** What steps retry with when they say nothing themselves. */
  readonly retry: Partial<RetryConfig>;
  /** The lane a step named; `undefined` for a step that calls no API. */
  readonly laneOf: (name: string | undefined) => CallLane | undefined;
  /** What every call of the model goes through. */
  readonly metering: Metering;
  /** Where the run stops by itself. */
  readonly limits: LimitGuard;
  readonly logs: StageLogs;
  /** Takes secrets out of what is kept of a failure. */
  readonly mask: Mask;
}
