import type { DisposalStack } from "../../../core/base/index.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { unlessUnresponsive } from "../queue/watchdog.ts";

/** Connections to an unresponsive database end with the process. */
const CLOSE_TIMEOUT_MS = 3_000;

/** Closes what an owner has opened, and does not wait for a database that does not answer. */
export async function closeInTime(open: DisposalStack, state: SharedState): Promise<void> {
  await unlessUnresponsive(open[Symbol.asyncDispose](), state, { forMs: CLOSE_TIMEOUT_MS });
}
