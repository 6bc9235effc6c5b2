import type { CallLogWriter } from "./call-log.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { Fault } from "./faults.ts";
import type { FakeModel } from "./model-shelf.ts";
import type { Runner } from "./runner.ts";
import type { Pace } from "./stream.ts";
import type { CallBody } from "./wire.ts";

/** What decides how the fake answers. */
export interface Behaviour {
  readonly models: readonly FakeModel[];
  readonly faults: FaultPlan;
  /** Of requests for vectors. */
  readonly embedFaults: FaultPlan;
  readonly loadFault: Fault | undefined;
  readonly answer: (body: CallBody) => string;
  /** Milliseconds of work before the first byte of each answer. */
  readonly delayMs: number;
  /** Milliseconds that loading a model takes. */
  readonly loadMs: number;
  readonly pace: Pace;
  /** Stops listening, breaks every connection and comes back by itself. */
  readonly takeDown: (outageMs: number) => void;
}

/** What the handling of one request may use. */
export interface Scene {
  readonly behaviour: Behaviour;
  readonly runner: Runner;
  readonly log: CallLogWriter;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
}
