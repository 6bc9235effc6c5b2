import type { CleanedQueue, CleanedSession } from "../../run/index.ts";
import { countOf } from "./report-text.ts";

/** What was removed at the queues of workers, and what stays there: a line or two a queue. */
export function queueLines(cleaned: readonly Pick<CleanedSession, "id" | "queue">[]): readonly string[] {
  const queues = cleaned.flatMap(({ queue }) => queue ?? []);
  const addresses = [...new Set(queues.map(({ address }) => address))];
  return addresses.flatMap((address) =>
    linesOf(
      address,
      queues.filter((queue) => queue.address === address),
    ),
  );
}

function linesOf(address: string, queues: readonly CleanedQueue[]): readonly string[] {
  const sum = (count: "contents" | "jobs" | "left" | "permits"): number =>
    queues.reduce((total, queue) => total + queue[count], 0);
  const problem = queues.find((queue) => queue.problem !== undefined)?.problem;
  const isAnswered = queues.some((queue) => queue.problem === undefined);
  const removed = [countOf(sum("jobs"), "job"), countOf(sum("contents"), "content"), countOf(sum("permits"), "permit")];
  return [
    ...(isAnswered ? [`At ${address}: removed ${removed.join(", ")}.`] : []),
    ...(sum("left") > 0
      ? [`At ${address}: left ${countOf(sum("left"), "job")} that workers are at; their results stay in the queue.`]
      : []),
    ...(problem === undefined
      ? []
      : [`At ${address}: nothing was removed (${problem}). Contents there expire within 7 days; jobs stay.`]),
  ];
}
