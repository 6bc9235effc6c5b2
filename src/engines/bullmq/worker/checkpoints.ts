import type { Backend, HeldJob } from "../queue/backend.ts";
import type { ContentBox } from "../queue/content-box.ts";
import { inBatches } from "../queue/in-batches.ts";
import type { JobData, StepReport } from "../queue/job.ts";
import { MOST_INLINE } from "../queue/wire.ts";
import { refusalOf } from "../queue/refusal.ts";
import { sleep } from "../../../retry/index.ts";
import { StepError } from "../../../core/failure/index.ts";
import { writeJobData, writeReport } from "./read-job.ts";

export const EXPIRED = "The lease on the job has expired: another worker has it, or will have it.";

/**
 * Writes the checkpoint of a job. `added` is its last report, where nothing else has changed since the last checkpoint.
 * Throws when the job is no longer ours.
 */
export type WriteCheckpoint = (data: JobData, added?: StepReport) => Promise<void>;

/** The jobs whose checkpoints go together. */
const MOST_TOGETHER = 64;

/** How long to wait before a checkpoint is written again that the database could not take. */
const RETRY_MS = 500;

export interface CheckpointWaits {
  /** Whether the worker waits no longer for a database that cannot take a checkpoint now: it is to end. */
  readonly isLeaving: () => boolean;
  /** @default half a second */
  readonly retryMs?: number;
}

/**
 * Writes checkpoints of jobs. A report is appended to what is there, so that each goes over the wire once, and those of jobs
 * that finish a step at the same time go together. Where that cannot be, the whole job is written: it is too large to
 * travel as it is, an older version has written it in another form, or the database refuses one of those that go together.
 *
 * A database that cannot take it now, such as one whose memory or disk is full, is waited for while the job is ours: what it
 * is about was paid for, and a job that was given up would be begun again, and paid for again, as often as that happens.
 */
export function checkpointsIn(
  backend: Pick<Backend, "append" | "checkpoint">,
  queueName: string,
  { isLeaving, retryMs = RETRY_MS }: CheckpointWaits,
): (held: HeldJob, given: JobData, box: ContentBox) => WriteCheckpoint {
  const append = inBatches({
    ask: (batch: readonly (HeldJob & { readonly report: string })[]) => backend.append(queueName, batch),
    most: MOST_TOGETHER,
  });
  return (held, given, box) => {
    let characters = charactersOf(given);
    async function isAppended(report: StepReport): Promise<boolean> {
      const text = writeReport(report);
      characters += text.length;
      if (characters > MOST_INLINE) return false;
      // Whatever the reason, what is written next is the whole job, which can be written twice and which says why it is not.
      return append({ ...held, report: text }).catch(() => false);
    }
    return async (data, added) => {
      if (added && (await isAppended(added))) return;
      for (;;) {
        try {
          const wire = await writeJobData(data, box);
          if (await backend.checkpoint(queueName, held, wire)) return;
          break;
        } catch (error) {
          if (isLeaving() || isLasting(error)) throw error;
          await sleep(retryMs);
        }
      }
      throw new Error(EXPIRED);
    };
  };
}

/** Whether the database would say the same again. */
const isLasting = (error: unknown): boolean => error instanceof StepError || refusalOf(error) !== undefined;

/** Of what makes a job large. */
function charactersOf({ content, done }: JobData): number {
  let characters = "text" in content ? content.text.length : 0;
  for (const { end } of done) if (end.kind === "done" && "text" in end.output) characters += end.output.text.length;
  return characters;
}
