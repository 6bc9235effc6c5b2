import type { AnyJob } from "../queue/backend.ts";
import { contentBox, keysOf } from "../queue/content-box.ts";
import type { ContentText } from "../queue/job.ts";
import type { SharedState } from "../queue/shared-state.ts";
import { sealedContents } from "../queue/wire.ts";
import { readJobData, readJobResult } from "../worker/read-job.ts";
import { contentsOf } from "./read-reports.ts";

/** Jobs that were seen in a queue, with what is kept beside each. */
export interface FoundJobs {
  note(jobs: readonly AnyJob[]): Promise<void>;
  forget(id: string | undefined): void;
  counts(): { readonly jobs: number; readonly contents: number };
  /** Of all contents, where they are kept. */
  keys(): readonly string[];
}

export function foundJobs(state: SharedState): FoundJobs {
  const found = new Map<string, readonly ContentText[]>();
  const contents = (): readonly ContentText[] => [...found.values()].flat();
  return {
    keys: () => [...new Set(keysOf(contents()))],
    counts: () => ({
      jobs: found.size,
      contents: new Set(contents().map((content) => ("key" in content ? content.key : ""))).size,
    }),
    forget: (id) => void (id !== undefined && found.delete(id)),
    async note(jobs) {
      for (const job of jobs) {
        if (job.id === undefined) continue;
        // What was beside it before may stay there when a worker replaces it.
        found.set(job.id, [...(found.get(job.id) ?? []), ...(await contentsBeside(job, state))]);
      }
    },
  };
}

/** Everything that is kept beside a job, also what is named in what is kept there. */
async function contentsBeside(
  { id = "", data, returnvalue }: AnyJob,
  state: SharedState,
): Promise<readonly ContentText[]> {
  const box = contentBox(id, state);
  // One that cannot be read names nothing more.
  const read = await readJobData(data, box).catch(() => undefined);
  const result = await readJobResult(returnvalue, box).catch(() => undefined);
  const reports = [...(read?.value?.done ?? []), ...(result?.value?.done ?? [])];
  return [
    ...sealedContents(data),
    ...sealedContents(returnvalue),
    ...(read?.value ? [read.value.content] : []),
    ...reports.flatMap(contentsOf),
  ].filter((content) => "key" in content);
}
