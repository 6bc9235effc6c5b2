import { ItemStatus } from "../../core/base/index.ts";
import type { FailureKind } from "../../core/failure/index.ts";
import type { FailedEntry, ItemPlace, ItemReports, ReopenQuery } from "../../core/storage/index.ts";
import { groupFailures, type FailureGroup } from "./failure-groups.ts";
import { SessionManager } from "../../core/session/index.ts";
import { findItems, openItems } from "./find-items.ts";
import { reasonsWithoutPlace } from "./without-place.ts";

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
  /** Items that their user cancelled: they are left alone unless they, or their kind, are named. */
  readonly cancelled: readonly FailureGroup[];
  /** Those of `items` that stay failed, unless the changed pipeline that the session went on with gets its steps back. */
  readonly withoutPlace: readonly FailureGroup[];
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
  const reasonOf = await reasonsWithoutPlace(reports, await new SessionManager(workspace).load(id));
  const failed = groupFailures(reports.failedItems(), reasonOf);
  const named = items?.flatMap((text) => findItems(reports, id, text));
  const query = {
    ...(named && { itemIds: [...new Set(named.map(({ itemId }) => itemId))] }),
    ...(kinds && { kinds }),
  };
  const planned =
    kinds === undefined && named ? planNamed(reports, named, reasonOf) : planFailed(reports, query, reasonOf);
  // The store takes ids and kinds for a choice of either: what is both is named here.
  const both = named && kinds && { itemIds: planned.items.map(({ itemId }) => itemId) };
  return { ...planned, query: both ?? query, failed };
}

type Planned = Pick<RetryPlan, "count" | "items" | "broken" | "cancelled" | "withoutPlace" | "pending">;

type ReasonOf = (place: ItemPlace) => string | undefined;

function planFailed(reports: ItemReports, query: ReopenQuery, reasonOf: ReasonOf): Planned {
  // What its user cancelled is tried again only when it is named.
  const isLeft = (kind: FailureKind): boolean => query.kinds === undefined && kind === "cancelled_by_user";
  const items: RetryCandidate[] = [];
  let count = 0;
  const groups = groupFailures(
    (function* counted() {
      for (const entry of reports.failedItems(query)) {
        if (entry.hasContent && !isLeft(entry.failure.kind) && ++count <= MAX_PLANNED) items.push(candidateOf(entry));
        yield entry;
      }
    })(),
    reasonOf,
  );
  const others = groups.filter(({ kind }) => !isLeft(kind));
  return {
    count,
    items,
    broken: others.filter(({ retryable }) => !retryable),
    cancelled: groups.filter(({ kind }) => isLeft(kind)),
    withoutPlace: others.filter(({ retryable, withoutPlace }) => retryable && withoutPlace !== undefined),
    pending: [],
  };
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
function planNamed(reports: ItemReports, places: readonly ItemPlace[], reasonOf: ReasonOf): Planned {
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
  const groups = groupFailures(
    found.flatMap((item) => (item.failure ? [{ ...item, failure: item.failure }] : [])),
    reasonOf,
  );
  return {
    count: items.length,
    items,
    broken: groups.filter(({ retryable }) => !retryable),
    cancelled: [],
    withoutPlace: groups.filter(({ retryable, withoutPlace }) => retryable && withoutPlace !== undefined),
    pending: found.filter(isPending),
  };
}
