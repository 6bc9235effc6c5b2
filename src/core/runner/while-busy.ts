import type { WorkspaceBusyError } from "../failure/index.ts";
import { isBusy, lineOf, type WaitingLine, type WorkspaceWaits } from "./waiting-line.ts";
import type { Clock } from "../base/index.ts";

export interface WhileBusyOptions {
  readonly waits: WorkspaceWaits;
  /** Called when it begins to wait, and when it waits no longer. */
  readonly onWait?: (isWaiting: boolean) => void;
  /** What the work has found already, when it was tried before. */
  readonly found?: unknown;
}

/** Who keeps a database locked for longer is no process that writes something. */
export const MOST_BUSY_MS = 120_000;

/**
 * Does work on the workspace, and does it again while another process has that locked: SQLite itself would wait with the
 * event loop standing still. The work must be one that a crash may repeat. Throws the last fault after two minutes.
 */
export const whileBusy = <T>(work: () => Promise<T> | T, { waits, onWait, found }: WhileBusyOptions): Promise<T> =>
  inLine(work, lineOf(waits, "work"), { clock: waits.clock, onWait, found });

interface InLineOptions {
  readonly clock: Clock;
  readonly onWait?: WhileBusyOptions["onWait"] | undefined;
  readonly found?: unknown;
}

async function inLine<T>(
  work: () => Promise<T> | T,
  line: WaitingLine,
  { clock, onWait = () => {}, found }: InLineOptions,
): Promise<T> {
  const until = clock.now() + MOST_BUSY_MS;
  let lock: WorkspaceBusyError | undefined = isBusy(found) ? found : line.lock;
  for (;;) {
    if (!lock) {
      try {
        const done = await work();
        line.isFree();
        return done;
      } catch (error) {
        if (!isBusy(error)) throw error;
        lock = error;
      }
    }
    if (clock.now() >= until) throw lock;
    onWait(true);
    try {
      lock = await line.wait(lock, until);
    } finally {
      onWait(false);
    }
  }
}

/** The cached answer: at once, unless the workspace is locked. It counts as none when it is locked for too long. */
export function readAnswer<T>(
  read: () => T | undefined,
  waits: WorkspaceWaits,
): Promise<T | undefined> | T | undefined {
  const line = lineOf(waits, "reading");
  if (!line.lock) {
    try {
      return read();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  return inLine(read, line, waits).catch((error: unknown) => {
    if (isBusy(error)) return undefined;
    throw error;
  });
}
