import type { SharedState } from "../queue/shared-state.ts";

/** Where it is kept how long a job's worker had been blocked when it lost the job. */
export const blockedKey = (jobId: string): string => `blocked:${jobId}`;

/** Why a job that was tried alone is given up, as a sentence. */
export async function reasonOfLoss(jobId: string, losses: number, state: Pick<SharedState, "get">): Promise<string> {
  const blockedMs = Number(await state.get(blockedKey(jobId)).catch(() => undefined));
  if (blockedMs > 0) {
    return `Its worker lost it ${losses} times in a row: the event loop was blocked for more than ${Math.round(blockedMs / 1000)} s by a step's synchronous work, and may never have come back.`;
  }
  return `Its worker died, or was stopped for longer than its lease lasts, ${losses} times while it was under way with nothing beside it.`;
}
