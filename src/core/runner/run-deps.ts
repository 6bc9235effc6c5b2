import type { RetryConfig } from "../../retry/index.ts";
import type { AnswerCache, AnswerLeases, SessionStore } from "../storage/index.ts";
import type { Clock } from "../base/index.ts";
import type { StageLogs } from "../session/index.ts";
import type { CallLane } from "../lane/index.ts";
import type { MeteredEmbedding, Metering, Model } from "../model/index.ts";
import type { Mask } from "../failure/index.ts";
import type { LimitGuard } from "./limit-guard.ts";
import type { RunControl } from "./run-control.ts";
import type { StepServices, Timeouts } from "../pipeline/index.ts";
import type { InFlight } from "./in-flight.ts";
import type { RunningCode } from "./running-code.ts";
import type { WorkspaceWaits } from "./waiting-line.ts";

/** What steps find in their context, with the model as it is: each step gets one that counts its calls. */
export type RunServices = Omit<StepServices, "model" | "embed"> & { readonly model: Model };

/** The dependencies of a run's steps. */
export interface RunDeps {
  readonly sessionId: string;
  /** Who the session is outside of its workspace: see `IdentityRecord`. */
  readonly identity: string;
  /** Name of the pipeline: cached answers belong to it. */
  readonly pipeline: string;
  readonly services: RunServices;
  readonly cache: AnswerCache;
  /** Who makes a call whose answer is cached; equal calls that are in flight together are made once. @default each is made */
  readonly leases?: AnswerLeases | undefined;
  readonly control: RunControl;
  readonly clock: Clock;
  /** How the run's steps wait for a workspace that another process has locked. @default each step by itself */
  readonly waits?: WorkspaceWaits | undefined;
  readonly random: () => number;
  /** The retry config of steps that have none of their own. */
  readonly retry: Partial<RetryConfig>;
  /** The limits of time of steps that have none of their own. */
  readonly timeouts: Timeouts;
  /** The steps at work in this process. */
  readonly inFlight: InFlight;
  /** The lane a step named; `undefined` for a step that calls no API. */
  readonly laneOf: (name: string | undefined) => CallLane | undefined;
  /** What every call of the model goes through. */
  readonly metering: Metering;
  /** The run's embedding model, and what its calls go through. @default steps get no vectors */
  readonly embedding?: MeteredEmbedding | undefined;
  /** The limits at which the run stops. */
  readonly limits: LimitGuard;
  /** Notes the calls of items that an earlier crash may be due to. @default no notes */
  readonly callNote?: SessionStore["callNote"] | undefined;
  readonly logs: StageLogs;
  /** The calls of steps and sources that have not settled. */
  readonly running: RunningCode;
  /** Masks secrets in what is kept of a failure. */
  readonly mask: Mask;
}
