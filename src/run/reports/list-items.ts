import { join } from "node:path";
import type { ItemStatus } from "../../core/base/index.ts";
import { SessionManager, sumCounts, type Session } from "../../core/session/index.ts";
import type { EndedItem } from "../../core/storage/index.ts";
import { openSessionReports } from "../../stores/sqlite/reports/index.ts";
import { openItems } from "./find-items.ts";

/** Which items to list. */
export interface ItemListQuery {
  readonly status: ItemStatus;
  /** @default 50 */
  readonly limit?: number;
  /** How many to pass over first. @default 0 */
  readonly skip?: number;
}

/** A page of the items of one status, in the order in which they were added. */
export interface ItemList {
  readonly session: Session;
  readonly status: ItemStatus;
  /** The count of all pages. */
  readonly total: number;
  readonly skip: number;
  readonly items: readonly EndedItem[];
}

/**
 * Lists a session's items of one status with their reasons, also while another process runs it. Throws a
 * `HoldfastError` when there is no such session, or no item of it yet.
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
