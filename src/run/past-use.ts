import { join } from "node:path";
import { readRuns, SessionManager, type RunRecord } from "../core/session/index.ts";
import { hasSessionStore, openSessionReports } from "../stores/sqlite/reports/index.ts";

/** The usage of a model in one earlier run. */
export interface PastUse {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly durationMs: number;
}

/** How many sessions are searched: a model's speed long ago says little. */
const RECENT_SESSIONS = 20;

/** Runs with a model that made calls and knew their tokens, the newest sessions first. Sessions that cannot be read are left out. */
export async function pastUse(workspace: string, model: string): Promise<readonly PastUse[]> {
  const sessions = new SessionManager(workspace);
  const listed = await sessions.list();
  const found: PastUse[] = [];
  for (const { id } of listed.slice(0, RECENT_SESSIONS)) {
    const runs = await runsOf(join(sessions.folderOf(id), "state.db")).catch(() => []);
    found.push(...runs.flatMap((run) => useOf(run, model)));
  }
  return found;
}

async function runsOf(file: string): Promise<readonly RunRecord[]> {
  if (!hasSessionStore(file)) return [];
  await using reports = openSessionReports(file);
  return readRuns(reports);
}

function useOf({ model, ended }: RunRecord, wanted: string): readonly PastUse[] {
  if (model !== wanted || !ended) return [];
  const { durationMs, usage } = ended;
  const { calls, inputTokens, outputTokens, callsOfUnknownTokens } = usage;
  return calls === 0 || callsOfUnknownTokens > 0 ? [] : [{ calls, inputTokens, outputTokens, durationMs }];
}
