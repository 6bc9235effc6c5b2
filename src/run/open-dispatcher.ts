import { HoldfastError } from "../core/failure/index.ts";
import { elsewhereOf, itemsElsewhere, type DispatchedRun, type Dispatcher, type Engine } from "../core/runner/index.ts";
import type { RunOptions } from "./run-options.ts";

export interface OpenDispatcherOptions extends Pick<RunOptions, "reclaimFrom"> {
  readonly engine: Engine;
}

/**
 * Opens the engine for a run. A session whose items are with another engine cannot go on here until that engine has
 * reclaimed them.
 */
export async function openDispatcher(
  run: DispatchedRun,
  { engine, reclaimFrom }: OpenDispatcherOptions,
): Promise<Dispatcher | undefined> {
  const from = itemsElsewhere(run.facts);
  if (from === undefined || from.engine === engine.name) return engine.dispatch?.(run);
  if (!engine.dispatch && reclaimFrom?.name === from.engine) return reclaimFrom.reclaim(run, from);
  throw new HoldfastError("queue_unusable", `${elsewhereOf(from, `session ${run.sessionId}`)}.`, {
    hint: { kind: "reclaim_items", sessionId: run.sessionId },
  });
}
