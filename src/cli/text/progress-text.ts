import type { ItemCounts } from "../../core/storage/index.ts";
import { countItems } from "../../core/session/index.ts";
import { countOf, formatCount, formatDuration } from "./report-text.ts";

/** How far a run is. */
export interface ProgressState {
  /** Items that ended, those of earlier runs of the session included. */
  readonly counts: ItemCounts;
  /** Parts of longer items that ended. */
  readonly partsEnded: number;
  /** Elements of the source, if it knows. */
  readonly total: number | undefined;
  /** Items that ended in this run. */
  readonly endedNow: number;
  readonly elapsedMs: number;
  /** What slows the run down. */
  readonly waitsFor: string | undefined;
}

/** The least time to base a forecast on. */
const LEAST_TO_JUDGE = { ended: 5, elapsedMs: 10_000 } as const;

/** `120 of 480 items, 100 done, 20 skipped; 3 min 5 s, 39 a minute, about 9 min 13 s to go; waits for ollama`. */
export function progressText({ counts, partsEnded, total, endedNow, elapsedMs, waitsFor }: ProgressState): string {
  const ended = countItems(counts);
  // With fan-outs that are never collected, more items may end than the source holds.
  const isOf = total !== undefined && ended <= total;
  const details = DETAILS.flatMap(({ status, label }) =>
    counts[status] > 0 ? [`${formatCount(counts[status])} ${label}`] : [],
  );
  const canJudge = endedNow >= LEAST_TO_JUDGE.ended && elapsedMs >= LEAST_TO_JUDGE.elapsedMs;
  const msPerItem = elapsedMs / Math.max(1, endedNow);
  const pace = [
    formatDuration(elapsedMs),
    ...(canJudge ? [rateText(60_000 / msPerItem)] : []),
    // While the run waits, the remaining time is unknown.
    ...(canJudge && isOf && total > ended && waitsFor === undefined
      ? [`about ${formatDuration((total - ended) * msPerItem)} to go`]
      : []),
  ];
  const items = `${formatCount(ended)}${isOf ? ` of ${formatCount(total)}` : ""} items`;
  return [
    [items, ...details, ...(partsEnded > 0 ? [`${countOf(partsEnded, "part")} of longer ones`] : [])].join(", "),
    pace.join(", "),
    ...(waitsFor === undefined ? [] : [`waits for ${waitsFor}`]),
  ].join("; ");
}

const rateText = (perMinute: number): string =>
  perMinute >= 1 ? `${formatCount(Math.round(perMinute))} a minute` : `${(perMinute * 60).toFixed(1)} an hour`;

const DETAILS = [
  { status: "completed", label: "done" },
  { status: "failed", label: "failed" },
  { status: "review", label: "to review" },
  { status: "filtered", label: "filtered" },
  { status: "skipped", label: "skipped" },
] as const;
