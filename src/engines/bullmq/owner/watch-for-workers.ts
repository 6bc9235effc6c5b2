import type { JobBoard } from "./job-board.ts";
import { listPresent } from "../queue/presence.ts";
import type { SharedState } from "../queue/shared-state.ts";

export interface WatchOptions {
  readonly pipeline: string;
  readonly version: string;
  readonly board: JobBoard;
  readonly state: SharedState;
  readonly say: (message: string) => void;
}

const LOOK_EVERY_MS = 3_000;
/** How often the message is repeated for a user who starts workers manually. */
const SAY_AGAIN_AFTER = 20;

/** Reports that items wait and no worker of the right version is there to take them. */
export function watchForWorkers({ pipeline, version, board, state, say }: WatchOptions): Disposable {
  let looks = 0;
  const look = async (): Promise<void> => {
    if (board.size === 0) return;
    const workers = await listPresent("worker", pipeline, state);
    if (workers.some((worker) => worker.version === version)) {
      looks = 0;
      return;
    }
    if (looks % SAY_AGAIN_AFTER === 0) say(complaint(pipeline, workers[0]));
    looks += 1;
  };
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

function complaint(
  pipeline: string,
  other: { readonly host: string; readonly pid: number; readonly modelId: string } | undefined,
): string {
  if (!other) return `No worker serves pipeline "${pipeline}", so its items wait. Start one.`;
  return `The worker on ${other.host} (process ${other.pid}, model ${other.modelId}) has another version of pipeline "${pipeline}" or another model, so it gets no work. Restart it with this session's pipeline and model.`;
}
