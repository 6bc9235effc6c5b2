import { messageOf, StepError } from "../../../core/failure/index.ts";
import type { ContentBox } from "../queue/content-box.ts";
import type { StepReport } from "../queue/job.ts";
import { readJobData } from "../worker/read-job.ts";

/** A job that the queue gave up: its workers died too often. */
export interface LostJob {
  readonly kind: "lost";
  readonly reason: string;
  /** The steps that workers finished before: they were paid for. */
  readonly done: readonly StepReport[];
  /** Why a checkpoint that is there cannot be used. */
  readonly problem?: string;
}

/** Reads what workers finished of a job that the queue gave up. Rejects when the database does not answer. */
export async function lostJob(reason: string, data: unknown, box: ContentBox): Promise<LostJob> {
  const lost = { kind: "lost", reason } as const;
  if (!hasCheckpoint(data)) return { ...lost, done: [] };
  try {
    const { value, problem } = await readJobData(data, box);
    return value ? { ...lost, done: usableOf(value.done) } : { ...lost, done: [], problem };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { ...lost, done: [], problem: messageOf(error) };
  }
}

/** A run that was stopped for a fault which a person has fixed since is retried. */
export const usableOf = (done: readonly StepReport[]): readonly StepReport[] =>
  done.filter(({ end }) => end.kind !== "stopped");

/** Also of a job whose format we do not know: what it says is done is of no use then. */
export const hasCheckpoint = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "done" in data && Array.isArray(data.done) && data.done.length > 0;
