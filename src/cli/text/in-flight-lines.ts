import type { SessionReport } from "../../run/reports/index.ts";
import type { StepInFlight } from "../../core/session/index.ts";
import { alignColumns, countOf, formatDuration, formatTime } from "./report-text.ts";

const SHOWN = 10;

/** What has been in flight for some seconds and since when, the oldest first; nothing for a session that nobody runs. */
export function inFlightLines({ inFlight }: Pick<SessionReport, "inFlight">): readonly string[] {
  if (!inFlight) return [];
  const shown = inFlight.steps.slice(0, SHOWN);
  const rows = shown.map((step) => [`    ${step.itemId}`, step.step, ageText(step)]);
  const hidden = inFlight.count - shown.length;
  return [
    `  in flight for more than 2 s: ${countOf(inFlight.count, "item")}`,
    ...alignColumns(rows),
    ...(hidden > 0 ? [`    ... and ${countOf(hidden, "more", "more")}`] : []),
  ];
}

/** `3 min 5 s, since 2026-01-19 14:30:52 +01:00 (attempt 2)`. */
export function ageText({ since, attempt, waitsFor }: StepInFlight): string {
  const age = formatDuration(Math.max(0, Date.now() - Date.parse(since)));
  const what = waitsFor === undefined ? `attempt ${attempt}` : `waits for ${waitsFor}`;
  return `${age}, since ${formatTime(since)} (${what})`;
}
