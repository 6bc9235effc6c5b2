import { join } from "node:path";
import type { ItemStatus } from "../../core/base/index.ts";
import { SessionManager, sumCounts, type Session } from "../../core/session/index.ts";
import type { EndedItem } from "../../core/storage/index.ts";
import { openSessionReports } from "../../stores/sqlite/reports/index.ts";
import { openItems } from "./find-items.ts";

/** Which items to list. */
export interface ItemListQuery {
  /** Only items that ended this way, or are on their way. */
  readonly status: ItemStatus;
  /** @default 50 */
  readonly limit?: number;
  /** How many to skip first. @default 0 */
  readonly skip?: number;
}

/** A page of the items of one status, in the order in which they were added. */
export interface ItemList {
  readonly session: Session;
  /** As it was asked for. */
  readonly status: ItemStatus;
  /** The count of all pages. */
  readonly total: number;
  /** How many were passed over first. */
  readonly skip: number;
  readonly items: readonly EndedItem[];
}

/**
 * Lists a session's items of one status with their reasons, also while another process runs it. Throws a
 * `HoldfastError` when there is no such session, or no item of it yet.
 *
 * @example
 * ```ts
 * import { listItems, runPipeline } from "holdfast";
 * import { importPipeline } from "holdfast/chats";
 *
 * const { session } = await runPipeline(importPipeline({ export: "examples/claude-export", out: "notes" }));
 * const { total, items } = await listItems(".holdfast", session.id, { status: "filtered", limit: 1 });
 * console.log(total, items.map(({ itemId, reason }) => `${itemId}: ${reason}`).join("\n"));
 * // prints: 2 claude:c5b6a141-a34a-5be2-98a7-af656cc5567f: fewer than 3 messages
 * ```
 */
export async function listItems(
  workspace: string,
  id: string,
  { status, limit = 50, skip = 0 }: ItemListQuery,
): Promise<ItemList> {
  await using _items = await openItems(workspace, id);
  const sessions = new SessionManager(workspace);
  const session = await sessions.load(id);
  await using store = openSessionReports(join(sessions.folderOf(id), "state.db"));
  const total = sumCounts(session.phases.map(({ name }) => store.counts(name)))[status];
  return { session, status, total, skip, items: store.endedItems({ statuses: [status], limit, offset: skip }) };
}
