import type { RetryConfig } from "../retry/index.ts";
import type { AnswerCache } from "./cache.ts";
import type { Clock } from "./clock.ts";
import type { StageLogs } from "./debug-log.ts";
import type { CallLane } from "./lane.ts";
import type { Metering } from "./metered-model.ts";
import type { Mask } from "./mask-secrets.ts";
import type { RunControl } from "./run-control.ts";
import type { StepServices } from "./step-context.ts";

/** All that a run's steps need from outside of them. */
export interface RunWorld {
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
  readonly logs: StageLogs;
  /** Takes secrets out of what is kept of a failure. */
  readonly mask: Mask;
}
