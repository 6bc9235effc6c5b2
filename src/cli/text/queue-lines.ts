import type { CleanedQueue, CleanedSession } from "../../run/index.ts";
import { countOf } from "./report-text.ts";

interface QueueLinesOptions {
  /** Whether nothing was removed yet. @default false */
  readonly dryRun?: boolean;
}

/** What was removed at the queues of workers, or would be, and what stays there: a line or two a queue. */
export function queueLines(
  cleaned: readonly Pick<CleanedSession, "id" | "queue">[],
  { dryRun = false }: QueueLinesOptions = {},
): readonly string[] {
  const queues = cleaned.flatMap(({ queue }) => queue ?? []);
  const addresses = [...new Set(queues.map(({ address }) => address))];
  return addresses.flatMap((address) =>
    (dryRun ? previewOf : linesOf)(
      address,
      queues.filter((queue) => queue.address === address),
    ),
  );
}

const summing =
  (queues: readonly CleanedQueue[]) =>
  (count: "contents" | "jobs" | "left" | "permits"): number =>
    queues.reduce((total, queue) => total + queue[count], 0);

function previewOf(address: string, queues: readonly CleanedQueue[]): readonly string[] {
  const sum = summing(queues);
  const problem = queues.find((queue) => queue.problem !== undefined)?.problem;
  const isAnswered = queues.some((queue) => queue.problem === undefined);
  const would = `would remove ${countOf(sum("jobs"), "job")}, ${countOf(sum("contents"), "content")}`;
  return [
    ...(isAnswered ? [`At ${address}: ${would}, and permits that expired.`] : []),
    ...(sum("left") > 0
      ? [
          `At ${address}: would cancel ${countOf(sum("left"), "job")} that workers are at, and remove what ends in time.`,
        ]
      : []),
    ...(problem === undefined ? [] : [`At ${address}: would remove nothing (${problem}).`]),
  ];
}

function linesOf(address: string, queues: readonly CleanedQueue[]): readonly string[] {
  const sum = summing(queues);
  const problem = queues.find((queue) => queue.problem !== undefined)?.problem;
  const isAnswered = queues.some((queue) => queue.problem === undefined);
  const removed = [countOf(sum("jobs"), "job"), countOf(sum("contents"), "content"), countOf(sum("permits"), "permit")];
  return [
    ...(isAnswered ? [`At ${address}: removed ${removed.join(", ")}.`] : []),
    ...(sum("left") > 0
      ? [
          `At ${address}: left ${countOf(sum("left"), "job")} that workers did not let go; what they report stays there, and no later clean knows of it.`,
        ]
      : []),
    ...(problem === undefined
      ? []
      : [`At ${address}: nothing was removed (${problem}). Contents there expire within 7 days; jobs stay.`]),
  ];
}
