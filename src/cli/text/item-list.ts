import type { EndedItem } from "../../core/storage/index.ts";
import type { ItemList } from "../../run/reports/index.ts";
import { ItemStatus } from "../../core/base/index.ts";
import type { GoOnOptions } from "./next/go-on.ts";
import { alignColumns, countOf, formatCount } from "./report-text.ts";
import { showPath } from "./show-path.ts";

/** A page of items of one status: how many there are, a line for each with its reason, and the command for the next. */
export function itemListLines(
  { session, status, total, skip, items }: ItemList,
  { at }: GoOnOptions,
): readonly string[] {
  const ended = status === ItemStatus.review ? "to review" : status;
  if (total === 0) return [`Session ${session.id}: no item is ${ended}.`];
  const end = skip + items.length;
  const page = items.length === total ? "" : `, here ${items.length === 0 ? "none" : spanOf(skip + 1, end)}`;
  const rest = total - end;
  return [
    `Session ${session.id}: ${countOf(total, "item")} ${ended}${page}`,
    ...alignColumns(items.map((item) => [`  ${item.itemId}`, whatOf(item)])),
    ...(rest > 0 ? [`Run \`holdfast show ${session.id} --status ${status} --skip ${end}${at}\` for the next.`] : []),
  ];
}

const spanOf = (first: number, last: number): string => `${formatCount(first)} to ${formatCount(last)}`;

/** Why it ended so, and where it went. */
const whatOf = ({ reason, failure, outputPath }: EndedItem): string =>
  [reason ?? failure?.message.replaceAll(/\s+/g, " "), outputPath && showPath(outputPath)]
    .filter((part) => part !== undefined && part !== "")
    .join("  ");
