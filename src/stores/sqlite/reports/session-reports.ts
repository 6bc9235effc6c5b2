import type { DatabaseSync } from "node:sqlite";
import type { ItemStatus } from "../../../core/base/index.ts";
import type {
  EndedItem,
  EndedQuery,
  ItemCounts,
  LoadCount,
  SessionReports,
  StepTotals,
} from "../../../core/storage/index.ts";
import { factOf } from "../facts.ts";
import { readCounts, readEnded, readLoads, readPartCounts, readReasons, readStepTotals } from "./reports.ts";
import { hasDatabase, openDatabase } from "../schema.ts";

/** Whether there is anything in a session's `state.db` to open for reading. */
export const hasSessionStore = (file: string): boolean => hasDatabase(file);

/** Opens `state.db` read-only; another process may be running the session. */
export function openSessionReports(file: string): SessionReports {
  return new SqliteReports(openDatabase(file, { readOnly: true }));
}

/** The queries about a session; the store that writes it reads in the same way. */
export class SqliteReports implements SessionReports {
  protected readonly db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  getFact(key: string): string | undefined {
    return factOf(this.db, key);
  }

  counts(phase: string): ItemCounts {
    return readCounts(this.db, phase);
  }

  partCounts(phase: string): ItemCounts {
    return readPartCounts(this.db, phase);
  }

  countRows(phase: string): number {
    return Number(this.db.prepare("SELECT count(*) AS n FROM items WHERE phase = ?").get(phase)?.["n"]);
  }

  countRead(phase: string): number {
    // From the sums: counting a million rows would slow `status` down.
    const row = this.db
      .prepare(`
        SELECT (SELECT coalesce(sum(n), 0) FROM item_counts WHERE phase = :phase) -
          (SELECT count(*) FROM items INDEXED BY items_by_parent WHERE parent IS NOT NULL AND phase = :phase) AS n`)
      .get({ phase });
    return Number(row?.["n"]);
  }

  stepTotals(phase: string): readonly StepTotals[] {
    return readStepTotals(this.db, phase);
  }

  loads(phase: string): readonly LoadCount[] {
    return readLoads(this.db, phase);
  }

  endedItems(query: EndedQuery): readonly EndedItem[] {
    return readEnded(this.db, query);
  }

  reasons(phase: string, status: ItemStatus): readonly { readonly reason: string; readonly count: number }[] {
    return readReasons(this.db, phase, status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
  }
}
