import type { Mask } from "../failure/index.ts";
import { keepFailure, type PhaseManager } from "../session/index.ts";
import type { ItemPlace, SessionStore } from "../storage/index.ts";
import { cancelledByUser } from "./in-flight.ts";

export interface CancelDeps {
  readonly store: SessionStore;
  readonly phases: PhaseManager;
  readonly mask: Mask;
  /** The steps of a phase after its source, by name. */
  readonly stepsOf: (phase: string) => readonly string[];
}

/**
 * Ends items that no step is at work on: each that is pending fails with the reason that its user cancelled it. Returns
 * those. One that waits for its parts goes on waiting, and counts as failed with them.
 */
export async function cancelPending(
  items: readonly ItemPlace[],
  { store, phases, mask, stepsOf }: CancelDeps,
): Promise<readonly ItemPlace[]> {
  const cancelled: ItemPlace[] = [];
  for (const { phase, itemId } of items) {
    if (!store.isPending(phase, itemId)) continue;
    const { content: input, nextStep, sourcePath } = store.pendingItem(phase, itemId);
    const step = stepsOf(phase)[nextStep] ?? "";
    const error = cancelledByUser();
    const kind = error.kind;
    const evidence = { phase, itemId, sourcePath, step, kind, error, input, attempts: [] };
    const folder = await keepFailure(phases, evidence, mask);
    await store.cancelItem(phase, itemId, { step, kind, message: error.message, folder });
    cancelled.push({ phase, itemId });
  }
  return cancelled;
}
