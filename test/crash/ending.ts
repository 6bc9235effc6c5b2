import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openItemReports } from "../../src/stores/sqlite/index.ts";
import { sessionIdIn, type Finished } from "../cli/holdfast.ts";

/** What a run left behind, without what differs between two runs that are the same: ids, folders and times. */
export interface Ending {
  readonly exitCode: number | null;
  /** The report of `--json`. */
  readonly report: unknown;
  /** Calls that the report counts for the paid steps. */
  readonly paidAttempts: number;
  readonly items: unknown;
  readonly sessionFile: unknown;
  readonly phaseFile: unknown;
  readonly notes: Readonly<Record<string, string>>;
  /** Every file of the workspace: nothing is missing, and nothing is left lying about. */
  readonly files: readonly string[];
}

/** Reads how a session ended, from the output of the command that brought it to its end and from the disk. */
export function readEnding(cwd: string, finished: Finished): Ending {
  const id = sessionIdIn(finished);
  const session = join(cwd, ".holdfast/sessions", id);
  const same = (text: string): string => text.replaceAll(cwd, "<cwd>").replaceAll(id, "<id>");
  const read = (path: string): unknown => JSON.parse(same(readFileSync(path, "utf8")), stable);
  const { steps } = JSON.parse(finished.stdout) as {
    readonly steps: readonly { readonly step: string; readonly attempts: number }[];
  };
  return {
    paidAttempts: steps.filter(({ step }) => PAID.has(step)).reduce((sum, { attempts }) => sum + attempts, 0),
    exitCode: finished.code,
    report: JSON.parse(same(finished.stdout), stable),
    items: JSON.parse(same(JSON.stringify(readItems(session))), stable),
    sessionFile: read(join(session, "session.json")),
    phaseFile: read(join(session, "notes/phase.json")),
    notes: Object.fromEntries(
      filesIn(join(cwd, "notes")).map((name) => [name, same(readFileSync(join(cwd, "notes", name), "utf8"))]),
    ),
    files: filesIn(join(cwd, ".holdfast"))
      .filter((name) => !isOfSqlite(name) && isOf(id, name))
      .map(same),
  };
}

const TIMES: ReadonlySet<string> = new Set([
  "durationMs",
  "createdAt",
  "updatedAt",
  "startedAt",
  "completedAt",
  "endedAt",
  "at",
]);
const PAID: ReadonlySet<unknown> = new Set(["outline", "write"]);

/**
 * What is the same in every run. The attempts of paid steps are not: an answer that was kept is not asked for again. Nor
 * is how many runs there were.
 */
function stable(this: unknown, key: string, value: unknown): unknown {
  const isOfPaidStep = key === "attempts" && isStep(this) && (PAID.has(this.step) || PAID.has(this.name));
  return TIMES.has(key) || key === "runs" || isOfPaidStep ? undefined : value;
}

const isStep = (value: unknown): value is { readonly step?: unknown; readonly name?: unknown } =>
  typeof value === "object" && value !== null;

function readItems(session: string): readonly unknown[] {
  const reports = openItemReports(join(session, "state.db"));
  return reports
    .searchItems("", 10_000)
    .map((place) => reports.item(place))
    .toSorted((a, b) => ((a?.itemId ?? "") < (b?.itemId ?? "") ? -1 : 1));
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();

const isOfSqlite = (name: string): boolean => /\.db-(?:wal|shm|journal)$/.test(name);

/** Whether a file is of the workspace itself or of this session, and not of one that was cut off before it began. */
const isOf = (id: string, name: string): boolean => !name.startsWith("sessions/") || name.startsWith(`sessions/${id}/`);
