import { ItemStatus, PhaseStatus } from "../base/index.ts";
import { type JsonField } from "../files/index.ts";
import type { ItemCounts } from "../storage/index.ts";

/** Counts of a phase that has no items yet. */
export const NO_ITEMS: ItemCounts = Object.freeze({
  pending: 0,
  processing: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  filtered: 0,
  review: 0,
});

/** The counts of several phases together. */
export function sumCounts(all: readonly ItemCounts[]): ItemCounts {
  const sum = { ...NO_ITEMS };
  for (const counts of all) {
    for (const status of Object.values(ItemStatus)) sum[status] += counts[status];
  }
  return sum;
}

/** The counts of items as people see them: without the parts of longer items. */
export function wholeItems({
  counts,
  parts = NO_ITEMS,
}: {
  readonly counts: ItemCounts;
  readonly parts?: ItemCounts;
}): ItemCounts {
  const whole = { ...NO_ITEMS };
  for (const status of Object.values(ItemStatus)) whole[status] = counts[status] - parts[status];
  return whole;
}

/** All items, whatever became of them. */
export function countItems(counts: ItemCounts): number {
  return Object.values(ItemStatus).reduce((total, status) => total + counts[status], 0);
}

/**
 * The status of a phase after it ran, by its items: `interrupted` when some are left to do, `failed` when all failed,
 * `partial` when some did, `completed` otherwise. A phase without items is completed.
 */
export function statusOfCounts(counts: ItemCounts): PhaseStatus {
  if (counts.pending + counts.processing > 0) return PhaseStatus.interrupted;
  if (counts.failed === 0) return PhaseStatus.completed;
  return counts.failed === countItems(counts) ? PhaseStatus.failed : PhaseStatus.partial;
}

/** Reads counts back from a file. */
export function readCounts(field: JsonField): ItemCounts {
  const counts = { ...NO_ITEMS };
  for (const status of Object.values(ItemStatus)) counts[status] = field.field(status).count();
  return counts;
}
