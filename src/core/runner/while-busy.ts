import { WorkspaceBusyError } from "../failure/index.ts";
import { sleep } from "../../retry/index.ts";
import type { Clock } from "../base/index.ts";

export interface WhileBusyOptions {
  readonly clock: Clock;
  /** Ends the wait. */
  readonly drain: AbortSignal;
  /** Called when it begins to wait, and when it waits no longer. */
  readonly onWait?: (isWaiting: boolean) => void;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;
/** Who keeps a database locked for longer is no process that writes something. */
export const MOST_BUSY_MS = 120_000;

/**
 * Does work on the workspace, and does it again while another process has that locked: SQLite itself would wait with the
 * event loop standing still. The work must be one that a crash may repeat. Throws the last fault after two minutes.
 */
export async function whileBusy<T>(
  work: () => Promise<T> | T,
  { clock, drain, onWait = () => {} }: WhileBusyOptions,
): Promise<T> {
  const until = clock.now() + MOST_BUSY_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof WorkspaceBusyError) || clock.now() >= until) throw error;
    }
    onWait(true);
    try {
      await sleep(waitMs, drain, { startTimer: clock.startTimer });
    } finally {
      onWait(false);
    }
  }
}

/** The cached answer: at once, unless the workspace is locked. It counts as none when it is locked for too long. */
export function readAnswer<T>(
  read: () => T | undefined,
  options: WhileBusyOptions,
): Promise<T | undefined> | T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WorkspaceBusyError)) throw error;
  }
  return whileBusy(read, options).catch((error: unknown) => {
    if (error instanceof WorkspaceBusyError) return undefined;
    throw error;
  });
}
