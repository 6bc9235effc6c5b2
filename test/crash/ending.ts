import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openItemReports } from "../../src/stores/sqlite/index.ts";
import { sessionIdIn, type Finished } from "../cli/holdfast.ts";
import type { Errand } from "./errand.ts";

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

/** What of an errand says how to read its end. */
export type EndedErrand = Pick<Errand, "cwd" | "own" | "paidSteps" | "phase">;

/** Reads how a session ended, from the output of the command that brought it to its end and from the disk. */
export function readEnding({ cwd, phase, paidSteps, own }: EndedErrand, finished: Finished): Ending {
  const id = sessionIdIn(finished);
  const session = join(cwd, ".holdfast/sessions", id);
  const same = (text: string): string =>
    [[cwd, "<cwd>"] as const, [id, "<id>"] as const, ...own.map((name) => [name, "<own>"] as const)].reduce(
      (changed, [name, word]) => changed.replaceAll(name, word),
      text,
    );
  const stable = stableIn(paidSteps);
  const read = (path: string): unknown => JSON.parse(same(readFileSync(path, "utf8")), stable);
  const { steps } = JSON.parse(finished.stdout) as {
    readonly steps: readonly { readonly step: string; readonly attempts: number }[];
  };
  return {
    paidAttempts: steps.filter(({ step }) => paidSteps.has(step)).reduce((sum, { attempts }) => sum + attempts, 0),
    exitCode: finished.code,
    report: JSON.parse(same(finished.stdout), stable),
    items: JSON.parse(same(JSON.stringify(readItems(session))), stable),
    sessionFile: read(join(session, "session.json")),
    phaseFile: read(join(session, phase, "phase.json")),
    notes: Object.fromEntries(
      filesIn(join(cwd, "notes")).map((name) => [name, same(readFileSync(join(cwd, "notes", name), "utf8"))]),
    ),
    files: filesIn(join(cwd, ".holdfast"))
      .filter((name) => !isOfSqlite(name) && isOf(id, name))
      .map((name) => same(name).replace(OF_THE_FOLDER, "outputs/<out>.")),
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

/** The claim of the notes' folder is named after its path. */
const OF_THE_FOLDER = /^outputs\/[0-9a-f]+\./;

const UNEQUAL: ReadonlySet<string> = new Set(["runs", "usage", "estimate"]);

/**
 * What is the same in every run. The attempts of paid steps and what their calls cost are not: an answer that was kept
 * is not asked for again. Nor is how many runs there were, as a resume is one more; nor whether there was an estimate,
 * which a busy machine does not wait for.
 */
function stableIn(paidSteps: ReadonlySet<unknown>) {
  return function stable(this: unknown, key: string, value: unknown): unknown {
    const isOfPaidStep = key === "attempts" && isStep(this) && (paidSteps.has(this.step) || paidSteps.has(this.name));
    return TIMES.has(key) || UNEQUAL.has(key) || isOfPaidStep ? undefined : value;
  };
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
