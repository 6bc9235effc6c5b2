import { join } from "node:path";
import { sumUsage, type Usage } from "../../core/model/index.ts";
import { readRuns, SessionManager } from "../../core/session/index.ts";
import type { ItemPlace, ItemReports, StepWork } from "../../core/storage/index.ts";
import { hasSessionStore, openItemReports, openSessionReports } from "../../stores/sqlite/reports/index.ts";

/** What an item took, all its parts and all its attempts together. */
export interface ItemWork {
  readonly usage: Usage;
  /** The times of all its steps together, waits for the API included. */
  readonly durationMs: number;
  /** Answers that came from the cache. */
  readonly cachedAnswers: number;
}

export const workOf = (items: ItemReports, place: ItemPlace): ItemWork => sumWork(items.workOf(place));

function sumWork(steps: readonly StepWork[]): ItemWork {
  return {
    usage: sumUsage(steps.map(({ usage }) => usage)),
    durationMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0),
    cachedAnswers: steps.filter(({ attempts }) => attempts === 0).length,
  };
}

/** How many sessions are searched. */
const RECENT_SESSIONS = 50;

interface EarlierQuery {
  readonly workspace: string;
  /** The model's id. */
  readonly model: string;
  /** The pipeline's name. */
  readonly pipeline: string;
  readonly phase: string;
  /** The session that asks. */
  readonly except: string;
}

/**
 * What items took when their answers were paid for: by a recent session with the same model. An item that none of them has
 * called the model for is absent.
 */
export async function earlierWork(
  itemIds: readonly string[],
  { workspace, model, pipeline, phase, except }: EarlierQuery,
): Promise<ReadonlyMap<string, ItemWork>> {
  const found = new Map<string, ItemWork>();
  if (itemIds.length === 0) return found;
  const sessions = new SessionManager(workspace);
  const listed = await sessions.list();
  const others = listed
    .filter(({ id, session }) => id !== except && session?.pipeline.name === pipeline)
    .slice(0, RECENT_SESSIONS);
  for (const { id } of others) {
    const missing = itemIds.filter((itemId) => !found.has(itemId));
    if (missing.length === 0) break;
    const file = join(sessions.folderOf(id), "state.db");
    try {
      if (!(await hasUsed(file, model))) continue;
      await using items = openItemReports(file);
      for (const itemId of missing) {
        const work = workOf(items, { phase, itemId });
        if (work.usage.calls > 0) found.set(itemId, work);
      }
    } catch {
      // A session that cannot be read is none that could tell.
    }
  }
  return found;
}

async function hasUsed(file: string, model: string): Promise<boolean> {
  if (!hasSessionStore(file)) return false;
  await using reports = openSessionReports(file);
  const runs = readRuns(reports);
  // A session that changed its model does not say which item was done by which.
  return runs.length > 0 && runs.every((run) => run.model === model);
}
