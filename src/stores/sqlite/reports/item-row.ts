import type { SQLOutputValue } from "node:sqlite";
import { StageType, type ItemStatus, type JsonValue, type ProcessingItem } from "../../../core/base/index.ts";
import type { FailureRecord } from "../../../core/storage/index.ts";

export type Row = Record<string, SQLOutputValue>;

/** The columns that {@link itemOf} reads, of a query over `items`. */
export const ITEM_COLUMNS = `
  items.phase, items.item_id, items.source_path, items.status, items.reason, items.review_reason, items.output_path,
  items.failure, items.metadata,
  (SELECT parents.item_id FROM items AS parents WHERE parents.seq = items.parent) AS parent_id,
  (SELECT steps.step FROM steps WHERE steps.item = items.seq ORDER BY step_index DESC, generation DESC LIMIT 1) AS last_step`;

/** What the row says of the item: everything but its contents, which may be large. */
export function itemOf(row: Row): ProcessingItem & { readonly reason: string | undefined } {
  const failure = failureOf(row);
  const reason = textOf(row["reason"]) ?? textOf(row["review_reason"]);
  const [parentId, outputPath, error] = [
    textOf(row["parent_id"]),
    textOf(row["output_path"]),
    reason ?? failure?.message,
  ];
  return {
    itemId: String(row["item_id"]),
    ...(parentId !== undefined && { parentId }),
    sourcePath: String(row["source_path"]),
    // An item that no step has done yet is where it was read.
    currentStep: failure?.step ?? textOf(row["last_step"]) ?? StageType.extract,
    status: String(row["status"]) as ItemStatus,
    metadata: JSON.parse(String(row["metadata"])) as Readonly<Record<string, JsonValue>>,
    ...(outputPath !== undefined && { outputPath }),
    ...(error !== undefined && { error }),
    reason,
  };
}

export const failureOf = (row: Row): FailureRecord | undefined =>
  row["failure"] === null ? undefined : (JSON.parse(String(row["failure"])) as FailureRecord);

export const textOf = (value: SQLOutputValue | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
