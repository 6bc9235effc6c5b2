import type { DispatchedRun } from "../../../core/runner/index.ts";
import type { SessionJobs } from "./session-jobs.ts";

/**
 * Removes what is left of a resumed session in its queue when all its items have ended: jobs of an earlier run of which
 * nothing was asked for any more, since their answers came from the cache meanwhile. Nobody else would remove them. A run
 * that is stopped leaves its jobs to the next one.
 */
export function clearAtEnd(
  { control }: Pick<DispatchedRun, "control">,
  openJobs: () => Promise<SessionJobs>,
): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      if (control.stopping) return;
      try {
        await using jobs = await openJobs();
        await jobs.clear();
      } catch {
        // They cost some room in a database that does not answer now; `clean` removes them with the session.
      }
    },
  };
}
