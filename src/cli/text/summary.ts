import type { ItemCounts } from "../../core/storage/index.ts";
import { isTry, type SessionReport } from "../../run/reports/index.ts";
import { countItems, NO_ITEMS, wholeItems, type Session } from "../../core/session/index.ts";
import { SessionStatus } from "../../core/base/index.ts";
import { atWorkspaceOf } from "./at-workspace.ts";
import { failureLines } from "./failure-lines.ts";
import { inFlightLines } from "./in-flight-lines.ts";
import { nextCommands } from "./next/next-commands.ts";
import { countOf, formatCount, shorten } from "./report-text.ts";
import { showPath } from "./show-path.ts";
import { timeLines } from "./time-lines.ts";
import { usageLines } from "./usage-lines.ts";
import { writtenLines } from "./written-lines.ts";

const SHOWN_GROUPS = 10;
const SHOWN_REASONS = 20;

/** The summary of a session: its state, the reasons, and the command to go on. */
export function summarize(report: SessionReport): string {
  const { session, folder } = report;
  const lines = [
    `Session ${session.id}${isTry(session) ? ", a try" : ""}: ${session.status}${session.reason === undefined ? "" : ` (${session.reason})`}`,
    `  ${countsLine(session)}${report.unread === 0 ? "" : `; ${formatCount(report.unread)} more are not read yet`}`,
    ...workerLines(report),
    ...inFlightLines(report),
    ...writtenLines(report),
    ...reasonLines(report),
    ...failureLines(session, report.failures, { most: SHOWN_GROUPS, at: atWorkspaceOf(report) }),
    ...usageLines(report.usage),
    ...timeLines(report),
    `Details: ${showPath(folder)}`,
    ...nextCommands(report),
  ];
  return lines.join("\n");
}

/** `20 items: 15 completed, 3 failed, 2 filtered (in 36 parts)`; what became of the parts when they are not all done. */
export function countsLine({ counts, parts = NO_ITEMS }: Pick<Session, "counts" | "parts">): string {
  const whole = wholeItems({ counts, parts });
  const items = `${countOf(countItems(whole), "item")}${listed(whole)}`;
  const count = countItems(parts);
  if (count === 0) return items;
  return `${items} (in ${countOf(count, "part")}${parts.completed === count ? "" : listed(parts)})`;
}

function listed(counts: ItemCounts): string {
  const named = LABELS.flatMap(({ status, label }) =>
    counts[status] > 0 ? [`${formatCount(counts[status])} ${label}`] : [],
  );
  return named.length === 0 ? "" : `: ${named.join(", ")}`;
}

const LABELS = [
  { status: "completed", label: "completed" },
  { status: "review", label: "to review" },
  { status: "skipped", label: "skipped" },
  { status: "filtered", label: "filtered" },
  { status: "failed", label: "failed" },
  { status: "pending", label: "pending" },
  { status: "processing", label: "in flight" },
] as const;

/** Where workers have something of it; nothing for a session that ended. */
export function workerLines({
  session: { status },
  workersAt,
  resultsAt,
}: Pick<SessionReport, "session" | "workersAt" | "resultsAt">): readonly string[] {
  if (status !== SessionStatus.running && status !== SessionStatus.interrupted) return [];
  if (resultsAt !== undefined) return [`  No worker has any of its items. Results of workers are at ${resultsAt}.`];
  if (workersAt === undefined) return [];
  return status === SessionStatus.running
    ? [`  Its items are with workers at ${workersAt}.`]
    : [`  What workers have of it is at ${workersAt}; a resume takes it from there.`];
}

function reasonLines({ reasons }: SessionReport): readonly string[] {
  const lines = alike(reasons).map(
    ({ status, count, reason, isOneOfSeveral }) =>
      `  ${status}: ${formatCount(count)} x ${isOneOfSeveral ? "such as " : ""}${shorten(reason)}`,
  );
  const hidden = lines.length - SHOWN_REASONS;
  return hidden > 0 ? [...lines.slice(0, SHOWN_REASONS), `  ... and ${countOf(hidden, "other reason")}`] : lines;
}

interface AlikeReasons {
  readonly status: string;
  readonly count: number;
  readonly reason: string;
  readonly isOneOfSeveral: boolean;
}

/** Reasons that differ in their numbers only are one, and the most frequent of them stands for all. */
function alike(reasons: SessionReport["reasons"]): readonly AlikeReasons[] {
  const groups = Map.groupBy(
    reasons,
    ({ status, reason }) => `${status} ${reason.replaceAll(/\d+(?:[.,]\d+)*/g, "#")}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const count = group.reduce((sum, each) => sum + each.count, 0);
    return [{ status: first.status, reason: first.reason, count, isOneOfSeveral: group.length > 1 }];
  });
}
