import type { DispatchedRun } from "../../../core/runner/index.ts";
import { markOrphaned, unmarkOrphaned } from "../queue/orphaned-session.ts";
import type { Claim } from "./claim-session.ts";
import type { SharedState } from "../queue/shared-state.ts";

/**
 * Tells workers that a session has an owner, and when its run is stopped that it has none: what then stays in the queue is
 * not for them to go on with, unless another process has taken it over. To be disposed of before the claim. At a halt the process may end before that.
 */
export async function orphanWhenStopped(
  { identity, control }: DispatchedRun,
  claim: Claim,
  state: SharedState,
): Promise<AsyncDisposable> {
  await unmarkOrphaned(identity, state);
  let marking: Promise<void> | undefined;
  // Once: after a halt the claim is given up, and another process may have it.
  const mark = (): Promise<void> =>
    (marking ??= claim.lost.aborted ? Promise.resolve() : markOrphaned(identity, "stopped", state).catch(() => {}));
  // Owners that are present are believed rather than the mark.
  const onHalt = (): void => void Promise.all([mark(), claim[Symbol.asyncDispose]()]).catch(() => {});
  control.halt.addEventListener("abort", onHalt, { once: true });
  return {
    async [Symbol.asyncDispose]() {
      control.halt.removeEventListener("abort", onHalt);
      if (control.stopping) await mark();
    },
  };
}
