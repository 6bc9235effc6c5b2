import { countItems, FAILURES, SessionStatus, type EndedItem, type ItemCounts, type Session } from "../index.ts";
import type { SessionReport } from "../run/index.ts";

/** What a person wants to know of a session: how it stands, why, and the command that goes on from here. */
export function summarize(report: SessionReport): string {
  const { session, folder } = report;
  const lines = [
    `Session ${session.id}: ${session.status}${session.reason === undefined ? "" : ` (${session.reason})`}`,
    `  ${countsLine(session.counts)}`,
    ...reasonLines(report),
    ...failureLines(report.failed),
    `Details: ${folder}`,
    ...nextCommands(session),
  ];
  return lines.join("\n");
}

/** `20 items: 15 completed, 3 failed, 2 filtered`. */
export function countsLine(counts: ItemCounts): string {
  const parts = LABELS.flatMap(({ status, label }) =>
    counts[status] > 0 ? [`${group(counts[status])} ${label}`] : [],
  );
  const total = countItems(counts);
  return `${group(total)} ${total === 1 ? "item" : "items"}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
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

function reasonLines({ reasons }: SessionReport): readonly string[] {
  return reasons.map(({ status, count, reason }) => `  ${status}: ${group(count)} x ${reason}`);
}

const SHOWN_GROUPS = 10;

/** Failed items, those with the same cause together. */
function failureLines(failed: readonly EndedItem[]): readonly string[] {
  const groups = new Map<string, EndedItem[]>();
  for (const item of failed) {
    const key = `${item.failure?.step} ${item.failure?.kind} ${shorten(item.failure?.message ?? "")}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const lines = [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, SHOWN_GROUPS)
    .flatMap(describeGroup);
  const hidden = groups.size - SHOWN_GROUPS;
  return hidden > 0 ? [...lines, `  ... and ${hidden} other causes`] : lines;
}

function describeGroup(items: readonly EndedItem[]): readonly string[] {
  const [first] = items;
  if (!first?.failure) return [];
  const { step, kind, message, folder } = first.failure;
  const which = items
    .slice(0, 3)
    .map(({ itemId }) => itemId)
    .join(", ");
  return [
    `  failed: ${group(items.length)} x ${step}: ${shorten(message)}`,
    `    (${kind}: ${FAILURES[kind].means}) ${which}${items.length > 3 ? ", ..." : ""}`,
    ...(folder === undefined ? [] : [`    evidence: ${folder}`]),
  ];
}

function nextCommands({ id, status, counts }: Session): readonly string[] {
  const commands: string[] = [];
  if (status === SessionStatus.interrupted) {
    commands.push(`Run \`holdfast resume ${id}\` to go on from here; what is done is not done again.`);
  } else if (counts.failed > 0) {
    commands.push(`Run \`holdfast retry ${id}\` to try the ${group(counts.failed)} failed again. The others are safe.`);
  }
  return commands;
}

const group = (n: number): string => n.toLocaleString("en-US");

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= 160 ? line : `${line.slice(0, 157)}...`;
}
