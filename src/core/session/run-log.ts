import { type Clock } from "../base/index.ts";
import { type JsonField, parseJsonFile } from "../files/index.ts";
import type { SessionReports, SessionStore } from "../storage/index.ts";
import { readUsage, subtractUsage, type Usage } from "../model/index.ts";

/** One run of a session: the first one, a resumed one or a retry. */
export interface RunRecord {
  /** Id of the model it used. */
  readonly model: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** How it ended; absent while it runs, and for a run that was killed. */
  readonly ended?: { readonly durationMs: number; readonly usage: Usage };
}

export interface RunToRecord {
  readonly model: string;
  readonly clock: Clock;
  /** What the session's calls have cost so far. */
  readonly spent: () => Usage;
}

/** The runs of a session in the order in which they began; none for a session of a version that kept no such record. */
export function readRuns(reports: SessionReports): readonly RunRecord[] {
  const text = reports.getFact(FACT);
  return text === undefined ? [] : parseJsonFile(text, "the session's list of runs").elements().map(readRecord);
}

/** Records that a run began. The function that it returns records how it ended, unless that cannot be written. */
export async function recordRun(
  store: SessionStore,
  { model, clock, spent }: RunToRecord,
): Promise<() => Promise<void>> {
  const before = readRuns(store);
  const spentBefore = spent();
  const startedMs = clock.now();
  const run: RunRecord = { model, startedAt: new Date(clock.wallNow()).toISOString() };
  await keep(store, [...before, run]);
  return async () => {
    const ended = { durationMs: clock.now() - startedMs, usage: subtractUsage(spent(), spentBefore) };
    // For people and for estimates only: a full disk was reported before.
    await keep(store, [...before, { ...run, ended }], { optional: true }).catch(() => {});
  };
}

const FACT = "runs";

const keep = (
  store: SessionStore,
  runs: readonly RunRecord[],
  options?: { readonly optional: boolean },
): Promise<void> => store.setFact(FACT, JSON.stringify(runs), options);

function readRecord(field: JsonField): RunRecord {
  const ended = field.field("ended");
  return {
    model: field.field("model").text(),
    startedAt: field.field("startedAt").time(),
    ...(ended.exists && {
      ended: { durationMs: ended.field("durationMs").amountOr(0), usage: readUsage(ended.field("usage")) },
    }),
  };
}
