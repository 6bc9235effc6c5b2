import type { SessionReport } from "../../run/reports/index.ts";
import { SessionStatus } from "../../core/base/index.ts";
import { estimateOf, estimateText } from "./estimate.ts";
import { countOf, formatDuration } from "./report-text.ts";

/** How long a session took, and its estimate; none while its first run is in progress. */
export function timeLines({ session, runs }: Pick<SessionReport, "session" | "runs">): readonly string[] {
  const ended = runs.flatMap((run) => run.ended ?? []);
  if (ended.length === 0) return [];
  const took = ended.reduce((sum, { durationMs }) => sum + durationMs, 0);
  // A run in progress is the last one, and has not ended either.
  const cutOff = runs.length - ended.length - (session.status === SessionStatus.running ? 1 : 0);
  const estimate = estimateOf(session);
  return [
    `  took: ${formatDuration(took)}${ended.length === 1 ? "" : ` in ${countOf(ended.length, "run")}`}${
      cutOff > 0 ? `, and what ${countOf(cutOff, "run")} took before being cut off` : ""
    }`,
    ...(estimate ? [`  estimated before: ${estimateText(estimate)}`] : []),
  ];
}
