import type { JobQueue } from "../queue/backend.ts";
import { identityOf } from "../queue/job.ts";
import type { OwnerWatch } from "./owner-watch.ts";

/** So many jobs are read at once. */
const PAGE = 200;

/**
 * Counts the jobs that a worker may begin. Those that were put down wait for their owners, who may never come; whose job one
 * is does not change, so that each of them is read once, however often they are counted.
 */
export function waitingJobs(
  queue: Pick<JobQueue, "getJob" | "getJobCounts" | "getRanges">,
  owners: Pick<OwnerWatch, "isOrphaned">,
): () => Promise<number> {
  let identities: ReadonlyMap<string, string> = new Map();

  return async () => {
    const { delayed = 0, ...others } = await queue.getJobCounts("waiting", "delayed", "prioritized");
    const ready = Object.values(others).reduce((sum, count) => sum + count, 0);
    if (ready > 0 || delayed === 0) return ready + delayed;
    const ids = await queue.getRanges(["delayed"], 0, -1);
    const known = new Map<string, string>();
    const unknown: string[] = [];
    for (const id of ids) {
      const identity = identities.get(id);
      if (identity === undefined) unknown.push(id);
      else known.set(id, identity);
    }
    for (let from = 0; from < unknown.length; from += PAGE) {
      const jobs = await Promise.all(unknown.slice(from, from + PAGE).map((id) => queue.getJob(id)));
      for (const job of jobs) if (job?.id !== undefined) known.set(job.id, identityOf(job.data));
    }
    identities = known;
    return [...known.values()].filter((identity) => !owners.isOrphaned(identity)).length;
  };
}
