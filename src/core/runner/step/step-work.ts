import type { JsonValue } from "../../base/index.ts";
import type { RunnableStep, StepContext } from "../../pipeline/index.ts";
import type { PendingItem } from "../../storage/index.ts";
import type { RunDeps } from "../run-deps.ts";
import type { CodePlace } from "../running-code.ts";
import type { CallGuard } from "./call-guard.ts";
import { contextsOf, type ContextParts } from "./item-context.ts";
import type { ItemCalls } from "./step-calls.ts";
import type { StepSeat } from "./step-seats.ts";

/** One item in one step. */
export interface StepWork {
  readonly content: JsonValue;
  readonly item: PendingItem;
  readonly seat: StepSeat;
  readonly calls: ItemCalls;
  readonly place: CodePlace;
  readonly guard: CallGuard | undefined;
}

/** Makes what a step's code gets for one attempt; `refused` are its answers that were refused before. */
export type NextContext = (work: StepWork, signal: AbortSignal, refused: ContextParts["refused"]) => StepContext;

export function nextContexts(step: RunnableStep, deps: RunDeps): NextContext {
  const contextOf = contextsOf(step, deps);
  return ({ item, seat, calls }, signal, refused) =>
    contextOf(item, {
      attempt: seat.attempt,
      refused,
      model: calls.modelOf(signal),
      embed: calls.embedOf(signal),
      signal,
    });
}
