import { ItemStatus } from "../../core/base/index.ts";
import type { FailureKind } from "../../core/failure/index.ts";
import type { FailedEntry, ItemPlace, ItemReports, ReopenQuery } from "../../core/storage/index.ts";
import { groupFailures, type FailureGroup } from "./failure-groups.ts";
import { findItems, openItems } from "./find-items.ts";

/** One item that a retry would reopen. */
export interface RetryCandidate extends ItemPlace {
  readonly status: ItemStatus;
  /** The step it would go on at; `undefined` for the first one. */
  readonly step: string | undefined;
  readonly kind: FailureKind | undefined;
  readonly message: string | undefined;
}

/** What a retry would do. */
export interface RetryPlan {
  /** The query with complete ids, for `retryFailed`. */
  readonly query: ReopenQuery;
  /** How many items would be retried. */
  readonly count: number;
  /** The first {@link MAX_PLANNED} of them. */
  readonly items: readonly RetryCandidate[];
  /** Elements that could not be read: they have no content, so they stay failed. */
  readonly broken: readonly FailureGroup[];
  /** Named items that are still pending, so that there is nothing to retry. */
  readonly pending: readonly ItemPlace[];
  /** All failed items of the session by cause, regardless of the query. */
  readonly failed: readonly FailureGroup[];
}

/** Which failed items to retry; with both given, those that match both. */
export interface RetryQuery {
  /** Ids, or parts that only one id has. */
  readonly items?: readonly string[] | undefined;
  /** Only failures of these kinds. */
  readonly kinds?: readonly FailureKind[] | undefined;
}

/** How many items a plan names. */
const MAX_PLANNED = 1000;

/**
 * Reports what a retry would do, and changes nothing. Throws a `HoldfastError` (`usage`) for an unknown item.
 *
 * @example
 * ```ts
 * import { definePipeline, planRetry, runPipeline, StepError } from "holdfast";
 * import { readJsonl } from "holdfast/sources";
 * import { writeMarkdown } from "holdfast/sinks";
 *
 * const pipeline = definePipeline("docs").phase("import", (phase) =>
 *   phase
 *     .extract(readJsonl("examples/summaries/docs.jsonl"))
 *     .step("look_up", (doc): string => {
 *       throw new StepError("input", `No access to ${JSON.stringify(doc).length} characters.`);
 *     })
 *     .load(writeMarkdown("notes", (body) => ({ title: "A document", body }))),
 * );
 * const { session } = await runPipeline(pipeline);
 * const plan = await planRetry(".holdfast", session.id, { items: ["kelp"] });
 * console.log(plan.count, plan.items[0]?.itemId, plan.items[0]?.kind);
 * // prints: 1 kelp input
 * ```
 */
export async function planRetry(workspace: string, id: string, { items, kinds }: RetryQuery): Promise<RetryPlan> {
  await using reports = await openItems(workspace, id);
  const failed = groupFailures(reports.failedItems());
  const named = items?.flatMap((text) => findItems(reports, id, text));
  const query = {
    ...(named && { itemIds: [...new Set(named.map(({ itemId }) => itemId))] }),
    ...(kinds && { kinds }),
  };
  const planned = kinds === undefined && named ? planNamed(reports, named) : planFailed(reports, query);
  // The store takes ids and kinds for a choice of either: what is both is named here.
  const both = named && kinds && { itemIds: planned.items.map(({ itemId }) => itemId) };
  return { ...planned, query: both ?? query, failed };
}

type Planned = Pick<RetryPlan, "count" | "items" | "broken" | "pending">;

function planFailed(reports: ItemReports, query: ReopenQuery): Planned {
  const items: RetryCandidate[] = [];
  let count = 0;
  const broken = groupFailures(
    (function* brokenOnes() {
      for (const entry of reports.failedItems(query)) {
        // What its user cancelled is tried again only when it is named.
        if (query.kinds === undefined && entry.failure.kind === "cancelled_by_user") continue;
        if (!entry.hasContent) yield entry;
        else if (++count <= MAX_PLANNED) items.push(candidateOf(entry));
      }
    })(),
  );
  return { count, items, broken, pending: [] };
}

const candidateOf = ({ phase, itemId, failure: { step, kind, message } }: FailedEntry): RetryCandidate => ({
  phase,
  itemId,
  status: ItemStatus.failed,
  step,
  kind,
  message,
});

/** Items that are named explicitly are retried whatever their status. */
function planNamed(reports: ItemReports, places: readonly ItemPlace[]): Planned {
  const found = places.flatMap((place) => reports.item(place) ?? []);
  const isPending = ({ status }: { readonly status: ItemStatus }): boolean =>
    status === ItemStatus.pending || status === ItemStatus.processing;
  const items = found
    .filter((item) => item.hasContent && !isPending(item))
    .map(({ phase, itemId, status, failure }): RetryCandidate => ({
      phase,
      itemId,
      status,
      step: failure?.step,
      kind: failure?.kind,
      message: failure?.message,
    }));
  const broken = groupFailures(
    found.flatMap((item) => (item.failure && !item.hasContent ? [{ ...item, failure: item.failure }] : [])),
  );
  return { count: items.length, items, broken, pending: found.filter(isPending) };
}
